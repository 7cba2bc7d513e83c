"""Decisions over HTTP: one with its reasons, many in pages, and no address in full."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from fermata.database import Pool
from fermata.ledger import decide_and_reserve
from fermata.policy import default_document
from tests.integration.api.served import Served
from tests.people import ADDRESSES, NOON, Enrolled, enrol
from tests.policies import under

PATH = "/api/v1/decisions"
NOBODY = UUID("01a20f57-0000-7000-8000-000000000000")


@pytest.fixture
async def ada(pool: Pool) -> Enrolled:
    """Somebody with a send at noon and two holds at night; somebody else has one of each."""
    policies = await under(pool, default_document())
    ada, bob = await enrol(pool), await enrol(pool)
    for person in (ada, bob):
        await decide_and_reserve(pool, policies, person.attempt("noon"), NOON)
        await decide_and_reserve(pool, policies, person.attempt("night"), NOON + timedelta(hours=11))
    await decide_and_reserve(pool, policies, ada.attempt("later"), NOON + timedelta(hours=12))
    return ada


async def test_decisions_are_listed_by_person_action_and_reason(operator: httpx.AsyncClient, ada: Enrolled) -> None:
    async def steps(**wanted: str) -> list[str]:
        answer = await operator.get(PATH, params=wanted)
        assert answer.status_code == 200
        return [item["step"] for item in answer.json()["items"]]

    assert await steps() == ["later", "night", "night", "noon", "noon"]
    assert await steps(profile=str(ada.profile_id)) == ["later", "night", "noon"]
    assert await steps(action="defer") == ["later", "night", "night"]
    assert await steps(reason="eligible") == ["noon", "noon"]
    assert await steps(profile=str(ada.profile_id), action="send", reason="eligible") == ["noon"]
    assert await steps(action="drop") == []


async def test_pages_lead_from_one_to_the_next(operator: httpx.AsyncClient, ada: Enrolled) -> None:
    found: list[str] = []
    wanted: dict[str, str] = {"limit": "2"}
    while True:
        page = (await operator.get(PATH, params=wanted)).json()
        found += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        wanted["cursor"] = page["next_cursor"]
    assert len(found) == len(set(found)) == 5


async def test_one_decision_tells_why_without_an_address_in_full(operator: httpx.AsyncClient, ada: Enrolled) -> None:
    (newest, *_) = (await operator.get(PATH, params={"profile": str(ada.profile_id)})).json()["items"]
    answer = await operator.get(f"{PATH}/{newest['id']}")
    told = answer.json()
    assert {name: told[name] for name in newest} == newest
    assert (told["action"], told["reason"], told["channel"]) == ("defer", "outside_window", "email")
    assert told["in_force"]["author"] == "ada"
    assert {"window", "quiet_hours", "channel_cap"} <= {entry["rule"] for entry in told["trace"]}
    assert told["facts"]["profile"]["addresses"]["email"] == "a…@example.com"
    assert not [address for address in ADDRESSES.values() if address in answer.text]


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        (f"/{NOBODY}", 404, None),
        ("/nonsense", 422, "path.decision"),
        ("?action=sing", 422, "query.action"),
        ("?reason=because", 422, "query.reason"),
        ("?cursor=nonsense", 400, "cursor"),
        ("?limit=0", 422, "query.limit"),
        ("?profile=ada", 422, "query.profile"),
    ],
)
async def test_what_cannot_be_found_is_told_as_problem_details(
    refused_operator: httpx.AsyncClient, path: str, status: int, field: str | None
) -> None:
    answer = await refused_operator.get(PATH + path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json().get("field") == field


async def test_decisions_are_for_keys_that_may_read(served: Served, ada: Enrolled) -> None:
    async with httpx.AsyncClient(base_url=served.url) as client:
        nobody = await client.get(PATH)
        sender = await client.get(PATH, headers={"Authorization": f"Bearer {served.write_key}"})
    assert (nobody.status_code, sender.status_code) == (401, 403)
