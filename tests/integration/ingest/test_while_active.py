"""A trigger while its run is active: a restart ends the one and begins the other, and Temporal hears of it in order."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from fermata.database import Pool
from fermata.enrolment import end_runs
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import JourneyDefinition, Registry, Trigger
from fermata.vocabulary import Reason

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
REGISTRY = Registry(
    {
        "anew": JourneyDefinition(trigger=Trigger("Search Saved"), while_active="restart"),
        "once": JourneyDefinition(trigger=Trigger("Search Saved"), while_active="ignore"),
    }
)
_numbers = count()


@pytest.fixture
def door(pool: Pool) -> Ingest:
    """The ingest with the journeys above."""
    return Ingest(pool, REGISTRY)


async def send(door: Ingest, *minutes: int) -> None:
    """Triggers, so many minutes after noon, in one request."""
    calls: list[dict[str, Any]] = [
        {
            "type": "track",
            "event": "Search Saved",
            "userId": "ada",
            "messageId": f"s{next(_numbers)}",
            "timestamp": (NOON + timedelta(minutes=each)).isoformat(),
        }
        for each in minutes
    ]
    at = NOON + timedelta(minutes=max(minutes))
    await door.accept([parse(call, received_at=at) for call in calls], (), at)


async def runs(pool: Pool, journey: str) -> list[tuple[str, str | None]]:
    rows = await pool.fetch(
        "SELECT state, reason FROM journey_runs WHERE journey = $1 ORDER BY started_at, id", journey
    )
    return [tuple(row) for row in rows]


async def words(pool: Pool) -> list[tuple[str, str]]:
    """What is on its way, in order: the kind, and to which journey."""
    rows = await pool.fetch(
        "SELECT d.kind, r.journey FROM dispatches d JOIN journey_runs r ON r.id = d.run_id ORDER BY d.id"
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("requests", [((0,), (5,)), ((0, 5),)], ids=["one after the other", "in one request"])
async def test_a_restart_ends_the_run_and_begins_another_and_one_that_is_ignored_leaves_no_word(
    door: Ingest, pool: Pool, requests: tuple[tuple[int, ...], ...]
) -> None:
    for request in requests:
        await send(door, *request)
    assert await runs(pool, "anew") == [("exited", "restarted"), ("active", None)]
    assert await runs(pool, "once") == [("active", None)]
    assert [kind for kind, journey in await words(pool) if journey == "anew"] == ["start", "over", "start"]
    assert [kind for kind, journey in await words(pool) if journey == "once"] == ["start"]
    first, second = await pool.fetch("SELECT routing FROM events ORDER BY occurred_at")
    assert first["routing"] == {"anew": "started", "once": "started"}
    assert second["routing"] == {"anew": "started", "once": "already_enrolled"}


async def test_all_runs_of_a_person_end_with_a_word_to_each(door: Ingest, pool: Pool) -> None:
    await send(door, 0)
    profile_id = await pool.fetchval("SELECT id FROM profiles")
    async with pool.acquire() as connection, connection.transaction():
        assert await end_runs(connection, profile_id, Reason.PROFILE_ERASED, NOON) == 2
        assert await end_runs(connection, profile_id, Reason.PROFILE_ERASED, NOON) == 0
    assert await runs(pool, "anew") + await runs(pool, "once") == [("exited", "profile_erased")] * 2
    assert [kind for kind, _ in await words(pool)] == ["start", "start", "over", "over"]
