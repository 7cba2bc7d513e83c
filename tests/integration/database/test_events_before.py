"""Events from before there were months: each is where it was, and its messageId is taken."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from fermata.database import new_id, open_pool
from fermata.database.migrate import migrate
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import Registry
from tests.integration.database.conftest import DatabaseOf
from tests.people import NOON

_EVENT = """
INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at)
VALUES ($1, $2, 'track', 'Product Viewed', $3, $4, $4)
"""
_FAR = "ffffffff-0000-7000-8000-000000000000"


async def test_events_of_before_are_the_first_month_as_they_lie_and_come_in_once(database_of: DatabaseOf) -> None:
    url, person, now = await database_of("0031"), new_id(), datetime.now(UTC)
    async with open_pool(url) as pool:
        await pool.execute("INSERT INTO profiles (id, created_at, updated_at) VALUES ($1, $2, $2)", person, NOON)
        ids = [new_id() for _ in range(100)]
        await pool.executemany(_EVENT, [(each, f"m{n}", person, now) for n, each in enumerate(ids)])
        await pool.execute(_EVENT, _FAR, "by no clock", person, now)
        file = await pool.fetchval("SELECT pg_relation_filenode('events')")
    await migrate(url)
    async with open_pool(url) as pool:
        assert await pool.fetchval("SELECT pg_relation_filenode('events_before')") == file, "nothing was copied"
        assert [row["id"] for row in await pool.fetch("SELECT id FROM events_before ORDER BY id")] == ids
        assert str(await pool.fetchval("SELECT id FROM events_default")) == _FAR
        first, *others = await pool.fetch("SELECT * FROM event_months()")
        assert first["name"] == "events_before"
        assert first["ends"] > now + timedelta(days=27), "however long the migration takes"
        assert [each["begins"] for each in others] == [each["ends"] for each in (first, *others)][: len(others)]
        door = Ingest(pool, Registry({}))
        calls = [
            {"type": "track", "event": "X", "userId": "ada", "messageId": name} for name in ("m7", "by no clock", "new")
        ]
        receipt = await door.accept([parse(call, received_at=now) for call in calls], (), now)
        assert (receipt.accepted, receipt.duplicates) == (1, 2)


async def test_while_it_migrates_processes_of_before_store_and_erase(database_of: DatabaseOf) -> None:
    url, person = await database_of("0032"), new_id()
    async with open_pool(url) as pool:
        await pool.execute("INSERT INTO profiles (id, created_at, updated_at) VALUES ($1, $2, $2)", person, NOON)
        for name in ("stays", "goes"):
            await pool.execute(f"{_EVENT} ON CONFLICT (message_id) DO NOTHING", new_id(), name, person, NOON)
        await pool.execute("UPDATE events SET message_id = $1 WHERE message_id = 'goes'", str(uuid4()))
        assert await pool.fetchval("SELECT array_agg(message_id) FROM message_ids") == ["stays"]
