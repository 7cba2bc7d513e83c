"""Events over HTTP: what each started or reached, why not, and which concerned no journey."""

from typing import Any

import httpx
import pytest

from fermata.database import Pool

PATH = "/api/v1/events"


@pytest.fixture
async def ada(sender: httpx.AsyncClient, pool: Pool) -> str:
    """Somebody whose run has ended, who tries to enter again and views something; somebody else enters."""
    for number, (name, user) in enumerate(
        [("Product Added", "ada"), ("Product Added", "ada"), ("Product Viewed", "ada"), ("Product Added", "bob")]
    ):
        call = {"event": name, "userId": user, "messageId": f"m{number}", "properties": {"price": 60}}
        assert (await sender.post("/v1/track", json=call)).status_code == 200
        if number == 0:
            await pool.execute("UPDATE journey_runs SET ended_at = started_at, state = 'completed'")
    return str(await pool.fetchval("SELECT profile_id FROM events WHERE message_id = 'm0'"))


async def listed(operator: httpx.AsyncClient, **wanted: str) -> list[dict[str, Any]]:
    answer = await operator.get(PATH, params=wanted)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_events_are_listed_with_what_became_of_them(operator: httpx.AsyncClient, ada: str) -> None:
    async def messages(**wanted: str) -> list[str]:
        return [item["message_id"] for item in await listed(operator, **wanted)]

    assert await messages() == ["m3", "m2", "m1", "m0"]
    assert await messages(profile_id=ada) == ["m2", "m1", "m0"]
    assert await messages(reason="started") == ["m3", "m0"]
    assert await messages(reason="reentry_blocked") == ["m1"]
    assert await messages(reason="event_no_journey") == ["m2"]
    assert await messages(reason="event_no_journey", profile_id=ada) == ["m2"]
    assert await messages(journey="cart") == ["m3", "m1", "m0"]
    assert await messages(journey="cart", profile_id=ada) == ["m1", "m0"]
    assert await messages(journey="cart", reason="started", profile_id=ada) == ["m0"]
    assert await messages(journey="never_shipped") == []


async def test_an_event_tells_its_journeys_or_that_there_is_none(operator: httpx.AsyncClient, ada: str) -> None:
    _, viewed, again, _ = await listed(operator)
    assert viewed["routing"] == [{"journey": None, "result": "event_no_journey", "explanation": None}]
    assert again["routing"] == [{"journey": "cart", "result": "reentry_blocked", "explanation": None}]
    assert (again["name"], again["profile_id"]) == ("Product Added", ada)
    assert "properties" not in again


async def test_pages_lead_from_one_to_the_next(operator: httpx.AsyncClient, ada: str) -> None:
    found: list[str] = []
    wanted = {"limit": "1"}
    while True:
        page = (await operator.get(PATH, params=wanted)).json()
        found += [item["message_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        wanted["cursor"] = page["next_cursor"]
    assert found == ["m3", "m2", "m1", "m0"]


async def test_what_cannot_be_asked_is_refused(operator: httpx.AsyncClient, sender: httpx.AsyncClient) -> None:
    for wanted in ({"reason": "no_such_reason"}, {"profile_id": "ada"}, {"limit": "0"}):
        assert (await operator.get(PATH, params=wanted)).status_code == 422, wanted
    assert (await operator.get(PATH, params={"cursor": "nonsense"})).status_code == 400
    assert (await sender.get(PATH)).status_code == 401
