"""Every statement of the view finds its rows by an index, however many other people there are."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from fermata.database import Connection, Pool, Queries
from fermata.view.entries import EntryKind
from fermata.view.export import statements
from fermata.view.timeline_cursor import START
from tests.months_in_plans import without_months

OTHERS = 20_000
SUPPRESSED = 5_000
OF_ADA = 3_000
ADA = UUID("01a20f57-0000-7000-8000-000000000ada")
FEW = 250
"""Pages of 8 KB: a page of Ada's timeline must not read her whole life."""

MANY = f"""
    INSERT INTO profiles (id, created_at, updated_at)
        SELECT md5(n::text)::uuid, now(), now() FROM generate_series(1, {OTHERS}) n;
    INSERT INTO profiles (id, created_at, updated_at, addresses)
        VALUES ('{ADA}', now(), now(), '{{"email": "ada@example.com"}}');
    CREATE TEMPORARY TABLE owners AS
        SELECT id, id AS profile_id, now() - random() * interval '30 days' AS at FROM profiles
        UNION ALL SELECT md5('ada' || n)::uuid, '{ADA}', now() - random() * interval '30 days'
        FROM generate_series(1, {OF_ADA}) n;
    INSERT INTO identities (kind, value, profile_id, first_seen_at) SELECT 'user_id', id, id, now() FROM profiles;
    INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at)
        SELECT id, id, 'track', 'Viewed ' || (random() * 20)::int, profile_id, at, at FROM owners;
    INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at, ended_at)
        SELECT id, 'cart', profile_id, id, id, 'completed', at, at FROM owners;
    INSERT INTO decisions (id, dedupe_key, profile_id, run_id, journey, message, step, visit, purpose, priority, action,
                           reason, channel, decided_at, policy)
        SELECT id, id, profile_id, id, 'cart', 'hello', 'hello', 1, 'marketing', 50, 'send', 'eligible', 'sms', at, 'v'
        FROM owners;
    INSERT INTO reservations (decision_id, profile_id, channel, purpose, priority, state, reserved_at, exposed_at,
                              updated_at)
        SELECT id, profile_id, 'sms', 'marketing', 50, 'sent', at, at, at FROM owners;
    INSERT INTO deferrals (run_id, step, decision_id, profile_id, message, channel, reason, purpose, priority,
                           next_eligible_at, deferred_at)
        SELECT id, 'later', id, profile_id, 'later', 'email', 'outside_window', 'marketing', 50, at, at FROM owners;
    INSERT INTO inbox_items (id, profile_id, kind, message, title, body, created_at)
        SELECT id, profile_id, 'inbox', 'hello', 'Hello', 'Hello', at FROM owners;
    INSERT INTO dispatches (profile_id, run_id, kind, due_at, created_at, delivered_at)
        SELECT profile_id, id, 'start', at, at, at FROM owners;
    INSERT INTO profile_merges (loser_id, survivor_id, merged_at, message_id, name, other_name)
        SELECT md5('merged' || id)::uuid, id, now(), id, 'user_id:a', 'user_id:b' FROM profiles;
    INSERT INTO consent_log (id, profile_id, channel, purpose, status, source, occurred_at, recorded_at, stated_as)
        SELECT id, profile_id, 'email', 'marketing', 'granted', 'form', at, at, 'user_id:a' FROM owners;
    INSERT INTO holdouts (profile_id, scope, salt, held_out, share, drawn_at)
        SELECT id, '', 's', false, 0.1, now() FROM profiles;
    INSERT INTO suppressions (channel, address, reason, created_at)
        SELECT 'email', 'gone-' || n || '@example.com', 'bounced', now() FROM generate_series(1, {SUPPRESSED}) n;
    ANALYZE;
"""  # noqa: S608 - numbers of our own


@pytest.fixture
async def full(pool: Pool) -> Pool:
    """A database with the lives of many others, and a long one of Ada's."""
    await pool.execute(MANY)
    return pool


async def test_nothing_reads_a_table_from_one_end_to_the_other(full: Pool) -> None:
    asked = {**Queries("fermata.view"), **Queries("fermata.view", "timeline.sql")}
    async with full.acquire() as connection:
        whole = {name: read_whole(await generic_plan(connection, text)) for name, text in asked.items()}
    assert not {name: tables for name, tables in whole.items() if tables}


async def test_each_table_has_an_index_by_which_the_export_reads_it(pool: Pool) -> None:
    # Without rows Postgres reads whole tables rather than an index, unless it is kept from that where it can be.
    async with pool.acquire() as connection:
        await connection.execute("SET enable_seqscan = off")
        asked = await statements(connection)
        whole = {table: read_whole(await generic_plan(connection, text)) for table, text in asked.items()}
    assert not {name: tables for name, tables in whole.items() if tables}


async def test_a_page_of_a_long_life_reads_a_few_pages_of_the_database(full: Pool) -> None:
    after_a_week = START._replace(at=await full.fetchval("SELECT now() - interval '7 days'"))
    async with full.acquire() as connection:
        for kind in set(EntryKind) - RUNS:
            statement = Queries("fermata.view", "timeline.sql")[kind.value]
            asked = (ADA, *after_a_week.bound(kind), 51)
            answer = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *asked)
            plan = json.loads(answer)[0]["Plan"]
            assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < FEW * _names(kind), kind


RUNS = {EntryKind.ENROLMENT, EntryKind.RUN_END}
"""All runs of the person are read and sorted: nobody is enrolled as often as they do something."""


def _names(kind: EntryKind) -> int:
    """Events are read name by name, and Ada has 21 names."""
    return 21 if kind is EntryKind.EVENT else 1


async def generic_plan(connection: Connection, statement: str) -> dict[str, Any]:
    """How Postgres answers a prepared statement without a look at its parameters."""
    given = max(number for number in range(1, 10) if f"${number}" in statement)
    async with connection.transaction():
        await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        await connection.execute(f"PREPARE asked AS {statement}")
        answer = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked({', '.join(['NULL'] * given)})")
        await connection.execute("DEALLOCATE asked")
    return await without_months(connection, json.loads(answer)[0]["Plan"])


def read_whole(plan: dict[str, Any]) -> set[str]:
    """The tables that a plan reads from one end to the other."""
    return {node["Relation Name"] for node in nodes(plan) if node["Node Type"] == "Seq Scan"}


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All nodes of a plan."""
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)
