"""Among 50,000 events, how one person came to us and how far they have come is read by their own indexes."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from fermata.database import Pool, Queries
from fermata.segments import first_came_by, in_stage, latest_came_by
from fermata.segments.lifecycle import ORDER
from fermata.segments.statements import for_one
from tests.months_in_plans import without_months
from tests.people import NOON

FILLED = """
    INSERT INTO profiles (id, created_at, updated_at)
        SELECT md5(n::text)::uuid, now(), now() FROM generate_series(1, 2000) AS n;
    INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, enrichment)
        SELECT gen_random_uuid(), 'm' || n, 'track',
               CASE WHEN n % 9 = 0 THEN 'Order Completed' ELSE 'Event' || n % 9 END,
               md5((1 + n * 7919 % 2000)::text)::uuid,
               '2026-03-04 12:00Z'::timestamptz - make_interval(secs => n * 61), now(),
               CASE WHEN n % 5 = 0 THEN '{"touch": {"channel": "email"}}'::jsonb ELSE '{}'::jsonb END
        FROM generate_series(1, 50000) AS n;
"""
A_RUSH = """
    INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, enrichment)
        SELECT gen_random_uuid(), 'rush' || n, 'track', 'Order Completed', md5((1 + n * 7919 % 2000)::text)::uuid,
               '2026-03-05 11:59Z'::timestamptz - make_interval(secs => n * 0.01), now(),
               '{"touch": {"channel": "email"}}'
        FROM generate_series(1, 20000) AS n;
"""
SOMEBODY = UUID("c4ca4238-a0b9-2382-0dcc-509a6f75849b")  # md5 of 1


@pytest.fixture
async def crowd(pool: Pool) -> Pool:
    """A database with all of it, fresh statistics included, that then sees a rush of which they know nothing."""
    await pool.execute(FILLED)
    await pool.execute("VACUUM ANALYZE")
    await pool.execute("ALTER TABLE events_default SET (autovacuum_enabled = false)")
    await pool.execute(A_RUSH)
    return pool


async def pages_of_events(pool: Pool, statement: str, *arguments: object) -> int:
    """How many pages a statement reads in all, and that none of its ways is through all events."""
    row = await pool.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *arguments)
    plan = await without_months(pool, json.loads(row)[0]["Plan"])
    assert not any(node["Node Type"] == "Seq Scan" for node in _nodes(plan) if node.get("Relation Name") == "events")
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for inner in plan.get("Plans", ()) for node in _nodes(inner))]


async def test_one_person_is_read_by_a_few_pages_however_old_the_statistics_are(crowd: Pool) -> None:
    at = NOON + timedelta(days=1)
    queries = Queries("fermata.profiles", "enrichment.sql")
    assert await pages_of_events(crowd, queries["touches"], SOMEBODY, at) < 200
    assert await pages_of_events(crowd, queries["stage_facts"], SOMEBODY, at, ORDER) < 200
    for segment in (first_came_by("email"), latest_came_by("email"), in_stage("at_risk", "customer", "lead")):
        statement = for_one(segment, SOMEBODY, at)
        assert await pages_of_events(crowd, statement.sql, *statement.arguments) < 400, segment.words
