"""Erasure in the database: every table is reached, crashes and concurrent writers leave nothing, and lift stays."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Table
from sqlmodel import SQLModel

import fermata.database.tables  # noqa: F401 - fills SQLModel.metadata
from fermata.database import Pool, new_id
from fermata.erasure import Histories, Receipt, begin, finish, pending, read
from fermata.erasure.begin import AT_ONCE
from fermata.erasure.finish import NAMELESS, REMOVED
from fermata.errors import InvalidEvent, NoSuchProfile
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import Registry
from fermata.profiles.by_id import lock
from tests.people import ADDRESSES, NOON, Enrolled, enrol, store_event

LEFT_BY = {"audience_members"}
"""Taken out of by ``membership.forget``: the row goes when the platform has heard of it."""


async def _erase(pool: Pool, person: Enrolled, *, by: str = "tests") -> Receipt:
    """Both steps, with Temporal left out: what runs are told is delivered by hand."""
    await begin(pool, person.profile_id, by=by, why="", now=NOON)
    await pool.execute("UPDATE dispatches SET delivered_at = $1 WHERE delivered_at IS NULL", NOON)
    receipt = await finish(pool, person.profile_id, Histories(), {"Order Completed"}, NOON)
    assert receipt is not None
    return receipt


def _leads_to_a_person(table: Table, seen: frozenset[str] = frozenset()) -> bool:
    if table.name == "profiles" or "profile_id" in table.columns:
        return True
    pointed = {key.column.table for key in table.foreign_keys if key.column.table.name not in seen | {table.name}}
    return any(_leads_to_a_person(each, seen | {table.name}) for each in pointed)


def test_no_table_that_leads_to_a_person_is_forgotten() -> None:
    reached = {*REMOVED, *NAMELESS, *AT_ONCE, *LEFT_BY}
    ways = {table.name for table in SQLModel.metadata.sorted_tables if _leads_to_a_person(table)}
    assert ways - reached == set(), "say in fermata/erasure/finish.py what becomes of these"


async def test_an_unknown_id_is_refused_and_a_merged_one_leads_to_the_survivor(pool: Pool) -> None:
    with pytest.raises(NoSuchProfile, match="no profile has the id"):
        await begin(pool, new_id(), by="tests", why="", now=NOON)
    ada, loser = await enrol(pool), new_id()
    await pool.execute(
        "INSERT INTO profile_merges VALUES ($1, $2, $3, 'm', 'user_id:a', 'user_id:b')", loser, ada.profile_id, NOON
    )
    assert (await begin(pool, loser, by="tests", why="", now=NOON)).profile_id == ada.profile_id


async def test_why_must_not_name_the_person(pool: Pool) -> None:
    ada = await enrol(pool)
    with pytest.raises(InvalidEvent, match="leave it out"):
        await begin(pool, ada.profile_id, by="tests", why=f"asked by {ADDRESSES['email'].upper()}", now=NOON)
    assert await read(pool, ada.profile_id) is None


async def test_two_at_once_and_again_give_one_receipt(pool: Pool) -> None:
    ada = await enrol(pool)
    both = await asyncio.gather(*(begin(pool, ada.profile_id, by=by, why="", now=NOON) for by in ("one", "two")))
    assert both[0] == both[1]
    receipt = await _erase(pool, ada, by="later")
    assert receipt.by in ("one", "two")
    assert await finish(pool, ada.profile_id, Histories(), (), NOON) is None
    assert await pending(pool) == []
    assert await begin(pool, ada.profile_id, by="later", why="", now=NOON) == receipt


async def test_nothing_goes_before_every_run_has_heard_that_it_is_over(pool: Pool) -> None:
    ada = await enrol(pool)
    await begin(pool, ada.profile_id, by="tests", why="", now=NOON)
    assert await finish(pool, ada.profile_id, Histories(), (), NOON) is None
    assert await pool.fetchval("SELECT count(*) FROM dispatches WHERE kind = 'over'") == 1
    with pytest.raises(NoSuchProfile):
        async with pool.acquire() as connection, connection.transaction():
            await lock(connection, ada.profile_id)


class Killed(Exception):
    """The process is gone."""


@asynccontextmanager
async def _killed_after(pool: Pool, statements: int) -> AsyncIterator[Any]:
    """A pool whose connection dies after so many statements."""
    left = statements

    class Dying:
        def __init__(self, real: Any) -> None:
            self._real = real

        def __getattr__(self, name: str) -> Any:
            nonlocal left
            if name in ("execute", "fetch", "fetchrow", "fetchval"):
                left -= 1
                if left < 0:
                    raise Killed
            return getattr(self._real, name)

    class DyingPool:
        @asynccontextmanager
        async def acquire(self) -> AsyncIterator[Any]:
            async with pool.acquire() as connection:
                yield Dying(connection)

    yield DyingPool()


@pytest.mark.parametrize("statements", range(1, 34, 4))
async def test_a_kill_at_any_statement_leaves_it_to_be_done_again(pool: Pool, statements: int) -> None:
    ada = await enrol(pool)
    for step in ("begin", "finish"):
        async with _killed_after(pool, statements) as dying:
            try:
                if step == "begin":
                    await begin(dying, ada.profile_id, by="tests", why="", now=NOON)
                else:
                    await finish(dying, ada.profile_id, Histories(), (), NOON)
            except Killed:
                pass
        await pool.execute("UPDATE dispatches SET delivered_at = $1", NOON)
    before = await read(pool, ada.profile_id)
    receipt = before if before is not None and before.finished_at else await _erase(pool, ada)
    assert (receipt.runs_ended, receipt.suppressions_kept, receipt.nameless["journey_runs"]) == (1, 3, 1)
    assert await pool.fetchval("SELECT count(*) FROM profiles WHERE id = $1", ada.profile_id) == 0


def _event(number: int) -> Any:
    payload = {"type": "track", "event": "Product Viewed", "userId": "ada", "messageId": f"m{number}"}
    return parse(payload, received_at=datetime.now(UTC))


async def test_what_comes_in_meanwhile_is_a_strangers(pool: Pool) -> None:
    door, now = Ingest(pool, Registry({})), datetime.now(UTC)
    await door.accept([_event(0)], (), now)
    ada: UUID = await pool.fetchval("SELECT profile_id FROM identities WHERE value = 'ada'")
    coming = [door.accept([_event(number)], (), now) for number in range(1, 30)]
    await asyncio.gather(*coming[:15], begin(pool, ada, by="tests", why="", now=now), *coming[15:])
    assert await finish(pool, ada, Histories(), (), now) is not None
    await door.accept([_event(30)], (), now)
    owners = await pool.fetch("SELECT DISTINCT profile_id FROM events UNION SELECT profile_id FROM identities")
    assert len(owners) == 1
    assert owners[0]["profile_id"] != ada
    assert await pool.fetchval("SELECT count(*) FROM profiles WHERE id = $1", ada) == 0


async def test_lift_counts_whoever_was_erased_as_before_and_knows_them_no_more(pool: Pool) -> None:
    people = [await enrol(pool) for _ in range(3)]
    for person in people:
        await store_event(pool, person.profile_id, "Order Completed", NOON + timedelta(hours=1))
    counted = (
        "SELECT count(DISTINCT r.profile_id), count(DISTINCT e.profile_id), sum((e.properties ->> 'price')::float)"
        " FROM journey_runs r LEFT JOIN events e ON e.profile_id = r.profile_id AND e.name = 'Order Completed'"
        " AND e.occurred_at > r.started_at WHERE r.journey = 'cart_recovery'"
    )
    await pool.execute('UPDATE events SET properties = \'{"revenue": 59.9, "currency": "EUR", "note": "Ada"}\'')
    counted = counted.replace("price", "revenue")
    before = await pool.fetchrow(counted)
    receipt = await _erase(pool, people[0])
    assert await pool.fetchrow(counted) == before
    assert receipt.nameless["events"] == 1
    nobody = await pool.fetchrow(
        "SELECT e.properties, r.workflow_id FROM events e JOIN journey_runs r USING (profile_id)"
        " JOIN profiles p ON p.id = e.profile_id WHERE p.erased_at IS NOT NULL"
    )
    assert tuple(nobody) == ({"revenue": 59.9, "currency": "EUR"}, "")


async def test_a_rejected_event_that_names_them_goes_with_them(pool: Pool) -> None:
    ada = await enrol(pool)
    for payload in ('{"email": "Ada@Example.com"}', '{"email": "ada@example.company"}'):
        await pool.execute(
            "INSERT INTO rejected_events (id, received_at, door, field, reason, payload)"
            " VALUES ($1, $2, 'v1', 'type', 'no', $3)",
            new_id(),
            NOON,
            payload,
        )
    assert (await _erase(pool, ada)).removed["rejected_events"] == 1
    assert await pool.fetchval("SELECT payload FROM rejected_events") == '{"email": "ada@example.company"}'


async def test_a_list_entry_in_the_clear_becomes_a_hash_that_still_holds(pool: Pool) -> None:
    ada = await enrol(pool)
    await pool.execute(
        "INSERT INTO suppressions (channel, address, reason, created_at) VALUES ('email', $1, 'complained', $2)",
        ADDRESSES["email"],
        NOON,
    )
    await _erase(pool, ada)
    rows = await pool.fetch(
        "SELECT address, address = suppressed_as(channel, $1) AS is_it FROM suppressions", "ADA@example.com"
    )
    assert len(rows) == 3
    assert all(row["address"].startswith("sha256:") for row in rows)
    assert sum(row["is_it"] for row in rows) == 1


async def test_the_api_answers_202_then_the_receipt_and_404_for_nobody(pool: Pool) -> None:
    from tests.integration.api.served import serving

    ada = await enrol(pool)
    async with serving(pool) as served, served.operator() as client:
        first: httpx.Response = await client.delete(f"/api/v1/profiles/{ada.profile_id}", params={"why": "ticket 1"})
        assert (first.status_code, first.json()["state"], first.json()["runs_ended"]) == (202, "begun", 1)
        assert (await client.get(f"/api/v1/profiles/{ada.profile_id}")).status_code == 404
        await _erase(pool, ada)
        second = await client.delete(f"/api/v1/profiles/{ada.profile_id}")
        assert (second.status_code, second.json()["state"], second.json()["why"]) == (200, "finished", "ticket 1")
        assert (await client.delete(f"/api/v1/profiles/{new_id()}")).status_code == 404


async def test_whatever_points_to_a_row_that_goes_is_found_by_an_index(pool: Pool) -> None:
    """Postgres looks for what points to each row that is deleted: without an index, at a whole table each time."""
    pointing = await pool.fetch(
        "SELECT c.conrelid::regclass::text AS name, a.attname AS column FROM pg_constraint c"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
        " WHERE c.contype = 'f' AND c.confrelid IN ('events'::regclass, 'decisions'::regclass)"
        " AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])"
    )
    assert [tuple(row) for row in pointing] == []
