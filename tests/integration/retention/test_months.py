"""Events lie by month: one goes at once, what an active run may look at stays, and nothing that comes in is lost."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from fermata.database import Pool
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import Registry
from fermata.ledger import close_run
from fermata.retention import Keep, Removed, remove_old
from fermata.retention.months import make_months, month_of
from tests.integration.retention.aged import event_at
from tests.people import Enrolled, enrol

_DAY = timedelta(days=1)
_KEEP = Keep(events=30 * _DAY)


def _month(ahead: int) -> datetime:
    """When a month begins, counted from this one: those that are made begin with it."""
    month = month_of(datetime.now(UTC))
    for _ in range(ahead):
        month = month_of(month + 32 * _DAY)
    return month


def _table(ahead: int) -> str:
    return f"events_{_month(ahead):%Y_%m}"


async def _tables(pool: Pool) -> list[str]:
    return [row["name"] for row in await pool.fetch("SELECT name FROM event_months()")]


async def _left(pool: Pool) -> set[UUID]:
    """The events that are there. As many have their message id, and nothing else has."""
    events = {row["id"] for row in await pool.fetch("SELECT id FROM events")}
    known = {row["event_id"] for row in await pool.fetch("SELECT event_id FROM message_ids")}
    assert events == known
    return events


async def _over(pool: Pool) -> Enrolled:
    """Somebody whose run is over, and whose trigger is not there any more."""
    person = await enrol(pool, at=_month(0))
    async with pool.acquire() as connection:
        await close_run(connection, person.run_id, "completed", "its end", _month(0))
    await pool.execute("DELETE FROM events WHERE id = $1", person.trigger.id)
    return person


async def test_a_month_that_has_had_its_time_goes_at_once_with_its_message_ids_and_the_next_stays(pool: Pool) -> None:
    ada = await _over(pool)
    for day in range(28):
        await event_at(pool, ada, _month(0) + day * _DAY)
    stays = {await event_at(pool, ada, _month(1)), await event_at(pool, ada, _month(2) + _DAY)}
    now = _month(2) + 10 * _DAY  # 30 days before that the second month was under way
    assert await remove_old(pool, _KEEP, now, page=10) == Removed(event_months=2, message_ids=28)
    assert await _tables(pool) == [_table(1), _table(2), _table(3)]
    assert await _left(pool) == stays


async def test_the_month_of_an_active_run_stays_for_what_it_may_look_at_until_it_is_over(pool: Pool) -> None:
    ada, here = await _over(pool), await enrol(pool, at=_month(0) + 9 * _DAY)
    await pool.execute("DELETE FROM events")
    before = await event_at(pool, here, _month(0) + 8 * _DAY)
    since = await event_at(pool, here, _month(0) + 10 * _DAY)
    other = await event_at(pool, ada, _month(0) + 10 * _DAY)
    now = _month(2) + 10 * _DAY
    assert await remove_old(pool, _KEEP, now) == Removed(event_months=1, events=2)
    assert await _tables(pool) == [_table(0), _table(1), _table(2), _table(3)]
    assert await _left(pool) == {before, since, other} - {before, other}
    async with pool.acquire() as connection:
        await close_run(connection, here.run_id, "completed", "its end", now)
    assert await remove_old(pool, _KEEP, now) == Removed(event_months=1, message_ids=1)
    assert await _left(pool) == set()


async def test_whoever_reads_is_not_waited_for_and_the_month_goes_the_next_time(pool: Pool) -> None:
    ada = await _over(pool)
    await event_at(pool, ada, _month(0))
    now = _month(2) + 10 * _DAY
    async with pool.acquire() as reader, reader.transaction():
        await reader.execute("SELECT count(*) FROM events")
        removing = asyncio.create_task(remove_old(pool, _KEEP, now))
        door = Ingest(pool, Registry({}))
        call = {"type": "track", "event": "Product Viewed", "userId": "bob", "messageId": "meanwhile"}
        for n in range(20):
            event = parse({**call, "messageId": f"m{n}"}, received_at=datetime.now(UTC))
            receipt = await asyncio.wait_for(door.accept([event], (), datetime.now(UTC)), 3)
            assert receipt.accepted == 1
        assert await removing == Removed()
    assert (await remove_old(pool, _KEEP, now) or Removed()).event_months == 2


async def test_what_comes_in_beyond_the_months_is_kept_and_moves_when_its_month_is_made(pool: Pool) -> None:
    ada, far = await _over(pool), _month(5)
    ids = {
        await event_at(pool, ada, far),
        await event_at(pool, ada, far + 20 * _DAY),
        await event_at(pool, ada, _month(6)),
    }
    assert await pool.fetchval("SELECT count(*) FROM events_default") == 3
    assert await pool.fetchval("SELECT make_event_month($1)", far) is True
    assert await pool.fetchval("SELECT make_event_month($1)", far) is False, "it is there"
    assert await pool.fetchval(f"SELECT count(*) FROM {_table(5)}") == 2  # noqa: S608 - a name of our own
    assert await pool.fetchval("SELECT count(*) FROM events_default") == 1
    assert await _left(pool) == ids


async def test_a_month_of_which_much_came_in_before_it_was_made_stays_beside_them_and_goes_row_by_row(
    pool: Pool,
) -> None:
    ada, far = await _over(pool), _month(5)
    await pool.execute(
        "INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at)"
        " SELECT first_id_at($1::timestamptz + make_interval(secs => n)), n::text, 'track', 'Viewed', $2, $1, $1"
        " FROM generate_series(1, 10001) AS n",
        far,
        ada.profile_id,
    )
    assert await pool.fetchval("SELECT make_event_month($1)", far) is False
    assert await remove_old(pool, _KEEP, _month(8)) == Removed(event_months=5, events=10001)


async def test_this_month_and_three_more_are_there_and_are_made_once(pool: Pool) -> None:
    async with pool.acquire() as connection:
        assert await make_months(connection) == 0
        await connection.execute(f"DROP TABLE {_table(3)}")
        assert await make_months(connection) == 1
        assert await connection.fetchval("SELECT analyze_events()") is False, "it was, as the months were made"
    assert await _tables(pool) == ["events_before", *(_table(ahead) for ahead in range(4))]
    assert await remove_old(pool, Keep(), datetime.now(UTC)) == Removed()


async def test_an_event_is_looked_up_in_its_month_alone(pool: Pool) -> None:
    ada = await _over(pool)
    identifier = await event_at(pool, ada, _month(1))
    async with pool.acquire() as connection:
        for mode in ("force_custom_plan", "force_generic_plan"):
            await connection.execute(f"SET plan_cache_mode = {mode}")
            plan = await connection.fetch("EXPLAIN (ANALYZE) SELECT * FROM events WHERE id = $1", identifier)
            told = "\n".join(row[0] for row in plan)
            assert f"on {_table(1)}" in told
            assert f"on {_table(0)}" not in told
            assert "on events_default" not in told
        await connection.execute("RESET plan_cache_mode")
