"""Among 100,000 events a question about one profile reads a few pages of its own, and one about a name that name's."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import pytest

from fermata.database import Connection, Pool
from fermata.segments import Asked, Segment, days, did, first, hours, in_journey, its, last, never, trait, was_in
from fermata.segments.statements import Statement, for_a_page, for_each, for_one, for_the_number, for_the_reasons
from tests.months_in_plans import without_months
from tests.people import NOON

EVENTS, PEOPLE, NAMES = 100_000, 5_000, 20
FILLED = f"""
    INSERT INTO profiles (id, created_at, updated_at, traits)
        SELECT md5(n::text)::uuid, now(), now(), jsonb_build_object('orders', n % 10)
        FROM generate_series(1, {PEOPLE}) AS n;
    INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, properties)
        SELECT gen_random_uuid(), 'm' || n, 'track', 'Event ' || (n / 7 % {NAMES}),
               md5((1 + n * 7919 % {PEOPLE})::text)::uuid,
               '2026-03-04 12:00Z'::timestamptz - make_interval(secs => n * 31), now(),
               jsonb_build_object('price', n % 100)
        FROM generate_series(1, {EVENTS}) AS n;
    INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at)
        SELECT id, 'cart', id, 'cart/' || id, id, 'active', '2026-03-01Z' FROM profiles;
"""  # noqa: S608 - numbers of our own
A_RUSH = f"""
    INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at)
        SELECT gen_random_uuid(), 'rush' || n, 'track', 'Event 3', md5((1 + n * 7919 % {PEOPLE})::text)::uuid,
               '2026-03-05 11:59Z'::timestamptz - make_interval(secs => n * 0.01), now()
        FROM generate_series(1, 20000) AS n;
"""  # noqa: S608 - numbers of our own

BEHAVIOUR: list[Segment] = [
    did("Event 3"),
    did("Event 3", times=3, within=days(7)) & ~did("Event 5"),
    did("Event 3", within=hours(2)),
    did("Event 3", times=2, within=hours(2), where=its("price") >= 90),
    ~did("Event 3", times=3, within=hours(2)) | never("Event 5", within=days(1)),
    last("Event 3", before=hours(1), within=days(7)),
    first("Event 3", within=days(7)),
]
ALL: list[Segment] = [*BEHAVIOUR, trait("orders") >= 9, in_journey("cart"), was_in("cart", within=days(30))]


class Plan(NamedTuple):
    """How Postgres answered: which way to each table, by which index, over how many pages."""

    ways: set[tuple[str, str | None]]
    pages: int


@pytest.fixture
async def crowd(pool: Pool) -> Pool:
    """A database with all of it, fresh statistics included."""
    await pool.execute(FILLED)
    await pool.execute("VACUUM ANALYZE")
    return pool


async def test_one_profile_is_looked_up_by_its_own_indexes(crowd: Pool) -> None:
    async with crowd.acquire() as connection:
        await one_by_one(connection)


async def test_and_so_it_is_when_the_statistics_know_nothing_of_the_last_hours(crowd: Pool) -> None:
    # The planner then believes that the hours are empty and that any index will do; only the fence keeps it right.
    async with crowd.acquire() as connection:
        await connection.execute("ALTER TABLE events_default SET (autovacuum_enabled = false)")
        await connection.execute(A_RUSH)
        await one_by_one(connection, NOON + days(1))
        counting = for_the_number(did("Event 3", times=3, within=hours(2)), NOON + days(1))
        assert (await answered(connection, counting)).pages < 100_000  # without the fence, millions


async def test_and_when_the_statement_was_prepared_for_anybody(crowd: Pool) -> None:
    async with crowd.acquire() as connection:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        await one_by_one(connection)
        await connection.execute("RESET plan_cache_mode")


async def test_the_population_is_answered_from_the_events_of_the_name(crowd: Pool) -> None:
    async with crowd.acquire() as connection:
        for segment in BEHAVIOUR:
            page = await answered(connection, for_a_page(segment, NOON, None, 1000))
            assert ("events", None) not in page.ways, segment.words  # by name, or profile by profile until it is full
            number = await answered(connection, for_the_number(segment, NOON))
            assert ("events", None) not in number.ways, segment.words
            assert ("events", "events_by_name") in number.ways, segment.words


async def test_a_page_that_is_full_early_is_not_read_further(crowd: Pool) -> None:
    async with crowd.acquire() as connection:
        plan = await answered(connection, for_a_page(trait("orders") >= 0, NOON, None, 10))
        assert plan.ways == {("profiles", "profiles_pkey")}
        assert plan.pages < 50


async def one_by_one(connection: Connection, at: datetime = NOON) -> None:
    """Asks everything about one profile, and about a hundred of a batch."""
    people = [row[0] for row in await connection.fetch("SELECT id FROM profiles ORDER BY id LIMIT 100")]
    for segment in ALL:
        for statement in (for_one(segment, people[50], at), for_the_reasons(segment, people[50], at)):
            plan = await answered(connection, statement)
            assert plan.ways <= {
                ("profiles", "profiles_pkey"),
                ("events", "events_by_profile"),
                ("journey_runs", "journey_runs_latest"),
                ("journey_runs", "journey_runs_active"),
            }, segment.words
            assert plan.pages < 100, segment.words
        batch = await answered(connection, for_each(segment, [Asked(person, at) for person in people]))
        assert {way for way in batch.ways if way[0] == "events"} <= {("events", "events_by_profile")}, segment.words


async def answered(connection: Connection, statement: Statement) -> Plan:
    """How Postgres answers it, measured."""
    answer = await connection.fetchval(
        f"EXPLAIN (ANALYZE, BUFFERS, VERBOSE, FORMAT JSON) {statement.sql}", *statement.arguments
    )
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
