"""Among 100,000 events one person's traits are read from their own few pages, also in hours that no statistics know."""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from fermata.database import Connection, Pool, Queries
from fermata.profiles import SESSION_GAP
from fermata.segments import days_since_order, orders, rfm_segment, spent
from fermata.segments.statements import for_one, for_the_number
from fermata.traits.happened import ORDER_COMPLETED
from fermata.traits.visits import NO_VISIT
from tests.months_in_plans import without_months
from tests.people import NOON

DAY = timedelta(days=1)
PEOPLE = 5_000
FILLED = f"""
    INSERT INTO profiles (id, created_at, updated_at)
        SELECT md5(n::text)::uuid, now(), now() FROM generate_series(1, {PEOPLE}) AS n;
    INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at)
        SELECT gen_random_uuid(), 'm' || n, 'track',
               CASE n / 7 % 20 WHEN 0 THEN 'Order Completed' WHEN 1 THEN 'Email Opened' ELSE 'Product Viewed' END,
               md5((1 + n * 7919 % {PEOPLE})::text)::uuid,
               '2026-03-04 12:00Z'::timestamptz - make_interval(secs => n * 31), now()
        FROM generate_series(1, 100000) AS n;
    INSERT INTO inbox_items (id, profile_id, kind, message, title, body, created_at, read_at)
        SELECT gen_random_uuid(), id, 'in_app', 'hello', '', '', '2026-03-01Z', '2026-03-02Z'
        FROM profiles, generate_series(1, 4);
    INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at)
        SELECT id, 'cart', id, 'cart/' || id, id, 'active', '2026-03-01Z' FROM profiles;
    INSERT INTO decisions (id, dedupe_key, profile_id, run_id, journey, message, step, visit, purpose, priority, action,
                           reason, channel, decided_at, policy)
        SELECT gen_random_uuid(), id || '-' || n, id, id, 'cart', 'hello', 's', 1, 'marketing', 50, 'send', 'eligible',
               'email', '2026-03-02Z', 'p'
        FROM profiles, generate_series(1, 4) AS n;
    INSERT INTO reservations (decision_id, profile_id, channel, address, purpose, priority, state, reserved_at,
                              exposed_at, updated_at)
        SELECT id, profile_id, 'email', profile_id::text, 'marketing', 50, 'sent', decided_at, decided_at, decided_at
        FROM decisions;
    INSERT INTO population_borders (id, kind, at, people)
        SELECT gen_random_uuid(), 'rfm', '2026-03-04 12:00Z'::timestamptz - make_interval(hours => n), 1
        FROM generate_series(1, 5000) AS n;
"""  # noqa: S608 - numbers of our own
A_RUSH = f"""
    INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at)
        SELECT gen_random_uuid(), 'rush' || n, 'track', 'Order Completed', md5((1 + n * 7919 % {PEOPLE})::text)::uuid,
               '2026-03-05 11:59Z'::timestamptz - make_interval(secs => n * 0.01), now()
        FROM generate_series(1, 20000) AS n;
"""  # noqa: S608 - numbers of our own


class Plan(NamedTuple):
    """How Postgres answered: each table with the index by which it was read, and how many pages that took."""

    ways: set[tuple[str, str | None]]
    pages: int


@pytest.fixture
async def crowd(pool: Pool) -> Pool:
    """A database with all of it, fresh statistics included."""
    await pool.execute(FILLED)
    await pool.execute("VACUUM ANALYZE")
    return pool


async def test_one_person_is_read_by_their_own_indexes(crowd: Pool) -> None:
    async with crowd.acquire() as connection:
        await one_by_one(connection)


async def test_and_so_it_is_when_the_statistics_know_nothing_of_the_last_hours(crowd: Pool) -> None:
    async with crowd.acquire() as connection:
        await connection.execute("ALTER TABLE events_default SET (autovacuum_enabled = false)")
        await connection.execute(A_RUSH)
        await one_by_one(connection)


async def test_and_when_the_statement_was_prepared_for_anybody(crowd: Pool) -> None:
    async with crowd.acquire() as connection:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        await one_by_one(connection)
        await connection.execute("RESET plan_cache_mode")


async def test_the_population_is_found_by_name_and_its_last_look_by_time(crowd: Pool) -> None:
    async with crowd.acquire() as connection:
        customers = await answered(connection, "customers", ORDER_COMPLETED, NOON)
        assert customers.ways == {("events", "events_by_name")}
        newest = await answered(connection, "newest_borders", "rfm", NOON)
        assert newest.ways == {("population_borders", "population_borders_newest")}
        assert newest.pages < 10


async def test_segments_of_customers_read_one_person_by_their_own_events_and_the_population_by_name(
    crowd: Pool,
) -> None:
    async with crowd.acquire() as connection:
        one = await connection.fetchval("SELECT id FROM profiles ORDER BY id LIMIT 1 OFFSET 50")
        for asked in (orders() >= 2, spent("EUR") > 10, days_since_order() < 9, rfm_segment() == "loyal"):
            alone = await explained(connection, *for_one(asked, one, NOON))
            assert alone.ways <= {
                ("profiles", "profiles_pkey"),
                ("events", "events_by_profile"),
                ("population_borders", "population_borders_newest"),
            }, asked.words
            assert alone.pages < 100, asked.words
            everybody = await explained(connection, *for_the_number(asked, NOON))
            assert ("events", "events_by_name") in everybody.ways, asked.words
            assert ("events", None) not in everybody.ways, asked.words


async def one_by_one(connection: Connection) -> None:
    """Reads everything about one person, as ``traits_of`` and the training do."""
    one: list[UUID] = [await connection.fetchval("SELECT id FROM profiles ORDER BY id LIMIT 1 OFFSET 50")]
    at, since = NOON + DAY, NOON - DAY
    own_events: set[tuple[str, str | None]] = {("events", "events_by_profile")}
    readings: dict[str, tuple[set[tuple[str, str | None]], tuple[object, ...]]] = {
        "people": ({("profiles", "profiles_pkey")}, ()),
        "named": (own_events, (["Product Viewed", "Order Completed"], at, since)),
        "visits": (own_events, (at, list(NO_VISIT), SESSION_GAP, since)),
        "reactions": (own_events, (["Email Opened"], at, since)),
        "outcomes": (own_events, (since, at, ORDER_COMPLETED, list(NO_VISIT))),
        "inbox_read": ({("inbox_items", "inbox_items_by_profile")}, (at, since)),
        "sent": ({("reservations", "reservations_that_count")}, (at,)),
    }
    for name, (ways, arguments) in readings.items():
        plan = await answered(connection, name, one, *arguments)
        assert plan.ways == ways, name
        assert plan.pages < 100, name


async def answered(connection: Connection, name: str, *arguments: object) -> Plan:
    """How Postgres answers a statement of the room, measured."""
    return await explained(connection, Queries("fermata.traits")[name], arguments)


async def explained(connection: Connection, statement: str, arguments: Iterable[object]) -> Plan:
    """How Postgres answers a statement, measured."""
    answer = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *arguments)
    plan = await without_months(connection, json.loads(answer)[0]["Plan"])
    return Plan(set(ways(plan)), plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def ways(plan: dict[str, Any], table: str | None = None) -> Iterator[tuple[str, str | None]]:
    """Each table of a plan and the index by which it is read; a bitmap scan has the index in the node below."""
    table = plan.get("Relation Name", table)
    if "Index Name" in plan:
        yield table or "", plan["Index Name"]
    elif "Relation Name" in plan and not plan["Node Type"].startswith("Bitmap"):
        yield plan["Relation Name"], None
    for inner in plan.get("Plans", []):
        yield from ways(inner, table if plan["Node Type"].startswith("Bitmap") else None)
