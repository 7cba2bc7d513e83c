"""What an event changes about a person holds at once for what waits: a withdrawal, a new zone, a visit."""

from datetime import timedelta
from typing import Any

import pytest

from fermata.database import Pool
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.ledger import decide_and_reserve
from fermata.vocabulary import Action
from tests.people import NOON, Enrolled, enrol
from tests.policies import under

EVENING = 'version = 1\n[channels.email]\nwindow = "18:00-20:00"\n[channels.in_app]\nwindow = "session"\n'
LATER = NOON + timedelta(hours=1)


async def _held(pool: Pool, channel: str) -> Enrolled:
    """Ada, known at the door as ada, with a message that waits."""
    ada = await enrol(pool)
    await pool.execute("INSERT INTO identities VALUES ('user_id', 'ada', $1, $2)", ada.profile_id, NOON)
    held = await decide_and_reserve(pool, await under(pool, EVENING), ada.attempt(channels=(channel,)), NOON)
    assert held.action is Action.DEFER
    return ada


async def _send(door: Ingest, kind: str, **said: Any) -> None:
    payload = {"type": kind, "userId": "ada", "messageId": f"{kind}-{said}", "timestamp": LATER.isoformat(), **said}
    await door.accept([parse(payload, received_at=LATER)], (), LATER)


async def _told(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM dispatches WHERE kind = 'reconsider'"))


@pytest.mark.parametrize(
    "traits",
    [
        {"consent": {"email": {"marketing": "revoked"}}},
        {"timezone": "Asia/Tokyo"},
        {"email": "ada@example.org"},
        {"do_not_disturb": True},
        {"quiet_hours": {"start": "17:00", "end": "19:00"}},
    ],
    ids=lambda traits: next(iter(traits)),
)
async def test_a_fact_that_a_decision_rests_on_has_what_waits_decided_again(
    door: Ingest, pool: Pool, traits: dict[str, Any]
) -> None:
    await _held(pool, "email")
    await _send(door, "identify", traits=traits)
    assert await _told(pool) == 1


async def test_what_changes_nothing_for_a_decision_wakes_nobody(door: Ingest, pool: Pool) -> None:
    await _held(pool, "email")
    await _send(door, "identify", traits={"email": "ada@example.com", "plan": "pro"})
    await _send(door, "track", event="Product Viewed")
    assert await _told(pool) == 0


async def test_a_visit_wakes_what_waits_for_one(door: Ingest, pool: Pool) -> None:
    await _held(pool, "in_app")
    await _send(door, "track", event="Product Viewed")
    await _send(door, "track", event="Product Viewed again")
    assert await _told(pool) == 1
