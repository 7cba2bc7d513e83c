"""Preferences over HTTP: what is named changes, the rest stays, and what waits hears of it at once."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from fermata.database import Pool
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import Registry
from fermata.ledger import decide_and_reserve
from fermata.policy import default_document
from tests.people import NOON, Enrolled, enrol
from tests.policies import under

WISHES: dict[str, Any] = {
    "topics": {"offers": False, "news": True},
    "preferred_channels": ["push", "email"],
    "quiet_hours": {"start": "22:00", "end": "07:00"},
    "do_not_disturb": False,
    "do_not_disturb_until": "2026-12-24T00:00:00Z",
    "time_zone": "Europe/Paris",
}


def path(person: Enrolled) -> str:
    return f"/api/v1/profiles/{person.profile_id}/preferences"


@pytest.fixture
async def ada(pool: Pool) -> Enrolled:
    """Somebody whom an email is to reach in the morning."""
    ada = await enrol(pool)
    night = NOON + timedelta(hours=11)
    await decide_and_reserve(pool, await under(pool, default_document()), ada.attempt("night", asked_at=night), night)
    return ada


async def test_what_is_named_changes_and_the_rest_stays(operator: httpx.AsyncClient, ada: Enrolled) -> None:
    answer = await operator.put(path(ada), json=WISHES)
    assert answer.status_code == 200
    assert answer.json() == {"profile_id": str(ada.profile_id), **WISHES}
    answer = await operator.put(path(ada), json={"topics": {"offers": None}, "quiet_hours": None})
    assert answer.json() == {
        "profile_id": str(ada.profile_id),
        **WISHES,
        "topics": {"news": True},
        "quiet_hours": None,
    }
    assert (await operator.get(path(ada))).json() == answer.json()


async def test_what_waits_is_decided_again_at_once(operator: httpx.AsyncClient, pool: Pool, ada: Enrolled) -> None:
    await operator.put(path(ada), json={"do_not_disturb": True})
    assert await pool.fetchval("SELECT kind FROM dispatches WHERE run_id = $1", ada.run_id) == "reconsider"
    await operator.put(path(ada), json={"do_not_disturb": True})
    assert await pool.fetchval("SELECT count(*) FROM dispatches") == 1, "nothing has changed"


async def test_an_older_event_that_comes_late_takes_nothing_back(
    operator: httpx.AsyncClient, pool: Pool, ada: Enrolled
) -> None:
    await pool.execute(
        "INSERT INTO identities (kind, value, profile_id, first_seen_at) VALUES ('user_id', 'ada', $1, $2)",
        ada.profile_id,
        NOON,
    )
    await operator.put(path(ada), json={"topics": {"offers": False}, "preferred_channels": ["email"]})
    traits = {"topics": {"offers": True, "news": False}, "preferred_channels": ["sms"]}
    late = parse({"type": "identify", "userId": "ada", "traits": traits}, received_at=NOON)
    await Ingest(pool, Registry({})).accept([late], (), NOON)
    told = (await operator.get(path(ada))).json()
    assert (told["topics"], told["preferred_channels"]) == ({"offers": False, "news": False}, ["email"])


@pytest.mark.parametrize(
    ("body", "field", "told"),
    [
        ({"quiet_hour": None}, "quiet_hour", "not a field that is known here"),
        ({"quiet_hours": {"start": "22:00", "end": "22:00"}}, "quiet_hours", "set do_not_disturb to true"),
        ({"quiet_hours": {"start": "22", "end": "07:00"}}, "quiet_hours.start", "not '22'"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "write it like 'Europe/Paris'"),
        ({"do_not_disturb_until": "tomorrow"}, "do_not_disturb_until", "'tomorrow'"),
        ({"do_not_disturb": "yes"}, "do_not_disturb", "not 'yes'"),
        ({"topics": {"Our Offers": False}}, "topics.Our Offers", "not 'Our Offers'"),
        ({"preferred_channels": ["email", "email"]}, "preferred_channels", "name each once"),
        ({"preferred_channels": ["badge"]}, "preferred_channels", "only stands in"),
    ],
)
async def test_a_mistake_is_told_with_field_value_and_mend(
    operator: httpx.AsyncClient, ada: Enrolled, body: Any, field: str, told: str
) -> None:
    answer = await operator.put(path(ada), json=body)
    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert told in answer.json()["detail"]
