"""Consent over HTTP: stated with what shows it, told with its history, and heard at once by what waits."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from fermata.database import Pool
from fermata.ledger import decide_and_reserve
from fermata.policy import default_document
from tests.integration.api.served import Served
from tests.people import NOON, Enrolled, enrol
from tests.policies import under

NOBODY = UUID("01a20f57-0000-7000-8000-000000000000")
NO_MAIL = {"channel": "email", "purpose": "marketing", "status": "revoked"}


def path(person: Enrolled | UUID) -> str:
    return f"/api/v1/profiles/{person.profile_id if isinstance(person, Enrolled) else person}/consent"


@pytest.fixture
async def ada(pool: Pool) -> Enrolled:
    """Somebody who granted marketing by email, SMS and push, and whom an email is to reach in the morning."""
    ada = await enrol(pool)
    night = NOON + timedelta(hours=11)
    await decide_and_reserve(pool, await under(pool, default_document()), ada.attempt("night", asked_at=night), night)
    assert await pool.fetchval("SELECT count(*) FROM deferrals") == 1
    return ada


async def test_a_withdrawal_holds_at_once_and_whatever_waits_is_told(
    operator: httpx.AsyncClient, pool: Pool, ada: Enrolled
) -> None:
    evidence = {"wording": "Stop all offers", "form_url": "https://shop.example/account", "ip": "192.0.2.7"}
    body = {"statements": [NO_MAIL], "source": "account page", "evidence": evidence, "region": "GB"}
    answer = await operator.put(path(ada), json=body)
    assert answer.status_code == 200
    assert answer.json()["consent"]["email"] == {"marketing": "revoked"}
    assert answer.json()["consent"]["sms"] == {"marketing": "granted"}
    told = await pool.fetchrow("SELECT kind, run_id FROM dispatches")
    assert tuple(told) == ("reconsider", ada.run_id)
    page = (await operator.get(path(ada))).json()
    newest = page["statements"][0]
    assert (newest["status"], newest["source"], newest["region"]) == ("revoked", "account page", "GB")
    assert newest["evidence"] == {**evidence, "stated_by": "admin"}
    assert page["consent"] == answer.json()["consent"]


async def test_a_word_from_the_past_is_put_in_its_place(operator: httpx.AsyncClient, ada: Enrolled) -> None:
    await operator.put(path(ada), json={"statements": [NO_MAIL]})
    before = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    late = {**NO_MAIL, "status": "granted", "occurred_at": before}
    answer = await operator.put(path(ada), json={"statements": [late]})
    assert answer.json()["consent"]["email"]["marketing"] == "revoked"


async def test_the_same_call_again_adds_nothing(operator: httpx.AsyncClient, pool: Pool, ada: Enrolled) -> None:
    before = await pool.fetchval("SELECT count(*) FROM consent_log")
    for _ in range(2):
        answer = await operator.put(path(ada), json={"statements": [NO_MAIL], "message_id": "ticket-7"})
        assert answer.json()["consent"]["email"]["marketing"] == "revoked"
    assert await pool.fetchval("SELECT count(*) FROM consent_log") == before + 1


async def test_what_a_person_said_before_is_told_in_pages(operator: httpx.AsyncClient, ada: Enrolled) -> None:
    for number in range(5):
        status = "granted" if number % 2 else "revoked"
        await operator.put(path(ada), json={"statements": [{**NO_MAIL, "purpose": "analytics", "status": status}]})
    found: list[str] = []
    wanted: dict[str, str] = {"limit": "2"}
    while True:
        page = (await operator.get(path(ada), params=wanted)).json()
        found += [statement["id"] for statement in page["statements"]]
        if page["next_cursor"] is None:
            break
        wanted["cursor"] = page["next_cursor"]
    assert len(found) == len(set(found)) == 8


async def test_the_id_of_a_merged_profile_leads_to_its_survivor(
    operator: httpx.AsyncClient, pool: Pool, ada: Enrolled
) -> None:
    await pool.execute(
        "INSERT INTO profile_merges (loser_id, survivor_id, merged_at, message_id, name, other_name)"
        " VALUES ($1, $2, $3, 'm1', 'user_id:ada', 'anonymous_id:a1')",
        NOBODY,
        ada.profile_id,
        NOON,
    )
    answer = await operator.put(path(NOBODY), json={"statements": [NO_MAIL]})
    assert answer.json()["profile_id"] == str(ada.profile_id)
    assert (await operator.get(path(NOBODY))).json()["consent"]["email"]["marketing"] == "revoked"


async def test_many_words_at_once_lose_none_and_the_last_is_what_holds(
    operator: httpx.AsyncClient, pool: Pool, ada: Enrolled
) -> None:
    before = await pool.fetchval("SELECT count(*) FROM consent_log")
    answers = await asyncio.gather(
        *(
            operator.put(path(ada), json={"statements": [{**NO_MAIL, "status": ("granted", "revoked")[n % 2]}]})
            for n in range(24)
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    assert await pool.fetchval("SELECT count(*) FROM consent_log") == before + 24
    last = await pool.fetchval(
        "SELECT status FROM consent_log WHERE channel = 'email'"
        " ORDER BY occurred_at DESC, status = 'revoked' DESC LIMIT 1"
    )
    assert await pool.fetchval("SELECT consent #>> '{email,marketing}' FROM profiles") == last


@pytest.mark.parametrize(
    ("body", "field", "told"),
    [
        ({"statements": []}, "statements", "at least 1 item"),
        (
            {"statements": [{**NO_MAIL, "status": "maybe"}]},
            "statements.0.status",
            "'granted' or 'revoked', not 'maybe'",
        ),
        ({"statements": [{**NO_MAIL, "channel": "fax"}]}, "statements.0.channel", "not 'fax'"),
        ({"statements": [{**NO_MAIL, "when": "now"}]}, "statements.0.when", "look at its spelling: 'now'"),
        ({"statements": [{**NO_MAIL, "occurred_at": "2026-03-04T12:00:00"}]}, "statements.0.occurred_at", "no offset"),
        (
            {"statements": [{**NO_MAIL, "occurred_at": "2999-01-01T00:00:00Z"}]},
            "statements.0.occurred_at",
            "yet to come",
        ),
        ({"statements": [NO_MAIL], "source": "double opt-in"}, "source", "only Fermata itself can vouch for"),
        ({"statements": [NO_MAIL], "region": "California"}, "region", "not 'California'"),
        ({"statements": [NO_MAIL], "evidence": {"ip": "\0"}}, "evidence.ip", "NUL"),
        ({"statements": [NO_MAIL], "evidence": "trust me"}, "evidence", "not 'trust me'"),
        ([], None, "not []"),
    ],
)
async def test_a_mistake_is_told_with_field_value_and_mend_and_nothing_is_written(
    operator: httpx.AsyncClient, pool: Pool, ada: Enrolled, body: Any, field: str | None, told: str
) -> None:
    before = await pool.fetchval("SELECT count(*) FROM consent_log")
    answer = await operator.put(path(ada), json=body)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json().get("field") == field
    assert told in answer.json()["detail"]
    assert await pool.fetchval("SELECT count(*) FROM consent_log") == before


async def test_nobody_is_told_as_such(operator: httpx.AsyncClient) -> None:
    for answer in (
        await operator.get(path(NOBODY)),
        await operator.put(path(NOBODY), json={"statements": [NO_MAIL]}),
    ):
        assert (answer.status_code, answer.json()["detail"]) == (404, f"no profile has the id {NOBODY}")


async def test_consent_is_for_keys_that_may_read_or_write_it(served: Served, ada: Enrolled) -> None:
    async with httpx.AsyncClient(base_url=served.url) as client:
        nobody = await client.put(path(ada), json={"statements": [NO_MAIL]})
        headers = {"Authorization": f"Bearer {served.write_key}"}
        sender = await client.put(path(ada), json={"statements": [NO_MAIL]}, headers=headers)
    assert (nobody.status_code, sender.status_code) == (401, 403)
