"""What the door and the dispatcher read on growing tables, they read by index, and a few pages only."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from fermata.database import Connection, Pool, Queries
from tests.months_in_plans import without_months

PEOPLE = 20_000  # with five waiting dispatches each: 100,000
MANY_OF_EVERYTHING = f"""
    INSERT INTO profiles (id, created_at, updated_at)
        SELECT md5(n::text)::uuid, now(), now() FROM generate_series(1, {PEOPLE}) AS n;
    INSERT INTO identities (kind, value, profile_id, first_seen_at)
        SELECT kind, 'u' || n, md5(n::text)::uuid, now()
        FROM generate_series(1, {PEOPLE}) AS n, unnest(ARRAY['user_id', 'anonymous_id']) AS kind;
    INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, routing)
        SELECT gen_random_uuid(), id || '-' || n, 'track', 'Product Added', id, now(), now(),
               CASE WHEN n = 1 AND random() < 0.01 THEN '{{"cart": "event_condition_unmet"}}'::jsonb
                    WHEN n = 2 THEN '{{"cart": "reached"}}'::jsonb ELSE '{{}}'::jsonb END
        FROM generate_series(1, 5) AS n, profiles;
    INSERT INTO message_ids (message_id, event_id) SELECT message_id, id FROM events;
    INSERT INTO holdouts (profile_id, scope, salt, held_out, share, drawn_at)
        SELECT id, scope, 'fermata-holdout', false, 0.1, now() FROM profiles, unnest(ARRAY['', 'cart']) AS scope;
    INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at)
        SELECT id, 'cart', id, 'cart/' || id, id, 'active', now() FROM profiles;
    INSERT INTO dispatches (profile_id, run_id, event_id, kind, payload, due_at, created_at)
        SELECT profile_id, profile_id, id, 'signal', '{{}}', now(), now() FROM events;
    INSERT INTO consent_log
        (id, profile_id, channel, purpose, status, source, occurred_at, recorded_at, stated_as, message_id)
        SELECT gen_random_uuid(), profile_id, 'email', 'marketing', 'granted', 'event', now(), now(), 'user_id:u',
               message_id
        FROM events;
    INSERT INTO api_keys (id, name, hash, created_at)
        SELECT id, id, decode(md5(id::text), 'hex'), now() FROM profiles;
    INSERT INTO api_key_secrets (public_id, key_id, hash, created_at)
        SELECT left(md5(id::text), 16), id, id, now() FROM profiles;
    INSERT INTO audit_log (id, act, at, actor, door, action, target, outcome, detail)
        SELECT id, id, now() - random() * interval '9 days', 'admin', 'api', 'runs.pause', '', 'done', '' FROM profiles;
    INSERT INTO rejected_events (id, received_at, door, field, reason, payload)
        SELECT id, now() - random() * interval '30 days', 'track', 'event', 'is missing', '{{}}' FROM events;
    INSERT INTO dead_letters (id, kind, reason, tries, died_at, message_id, payload, ended_at, ended_as)
        SELECT id, 'event', 'KeyError', 1, now() - random() * interval '30 days', id, '{{}}',
               CASE WHEN random() < 0.9 THEN now() END, 'resent' FROM profiles;
    ANALYZE;
"""  # noqa: S608 - a number of our own
SOMEBODY = UUID("c4ca4238-a0b9-2382-0dcc-509a6f75849b")  # md5('1')

OTHER = UUID("c81e728d-9d4c-2f63-6f06-7f89cc14862c")  # md5('2')
NOBODY = UUID(int=0)
LAST = UUID(int=2**128 - 1)
_NOW = datetime(2026, 3, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Reading:
    """A statement, what it is asked with, and the indexes that must answer it."""

    room: str
    name: str
    arguments: tuple[object, ...]
    indexes: frozenset[str]
    file: str = "queries.sql"


_OF_LETTERS = frozenset({"dispatches_pkey", "journey_runs_pkey"})
READINGS = [
    Reading(
        "profiles",
        "lock_known",
        (["user_id"] * 100, [f"u{n}" for n in range(100)]),
        frozenset({"identities_pkey", "profiles_pkey"}),
    ),
    Reading("profiles", "statements", ([SOMEBODY],), frozenset({"consent_log_by_profile"}), "consent.sql"),
    Reading("profiles", "names", ([SOMEBODY],), frozenset({"ix_identities_profile_id"}), "consent.sql"),
    Reading("profiles", "names", (SOMEBODY,), frozenset({"ix_identities_profile_id"}), "by_id.sql"),
    Reading("profiles", "find", (SOMEBODY,), frozenset({"profiles_pkey"}), "by_id.sql"),
    Reading(
        "profiles",
        "history",
        (SOMEBODY, datetime(2100, 1, 1, tzinfo=UTC), LAST, 21),
        frozenset({"consent_log_by_profile"}),
        "consent.sql",
    ),
    Reading("profiles", "follow_merge", (SOMEBODY, OTHER), frozenset({"consent_log_by_profile"}), "consent.sql"),
    Reading("profiles", "held", ([SOMEBODY],), frozenset({"ix_identities_profile_id"})),
    Reading("profiles", "move_identities", (SOMEBODY, OTHER), frozenset({"ix_identities_profile_id"})),
    Reading(
        "enrolment",
        "runs_that_meet",
        (SOMEBODY, OTHER),
        frozenset({"journey_runs_latest"}),
        "merging.sql",
    ),
    Reading(
        "enrolment",
        "active_runs",
        ([SOMEBODY, OTHER],),
        frozenset({"journey_runs_latest", "events_pkey"}),
        "merging.sql",
    ),
    Reading("enrolment", "follow_merge", (SOMEBODY, NOBODY), frozenset({"journey_runs_latest"}), "merging.sql"),
    Reading("ingest", "follow_merge", (SOMEBODY, OTHER), frozenset({"events_by_profile"}), "merging.sql"),
    Reading("ingest", "stored", ([f"{SOMEBODY}-1", "new"],), frozenset({"message_ids_pkey"})),
    Reading(
        "enrolment",
        "histories",
        (
            [SOMEBODY],
            ["cart"],
            ["A-1"],
            ["Order Completed"],
            ["order_id"],
            ["A-1"],
            ["fermata-holdout"],
            "fermata-holdout",
            True,
        ),
        frozenset({"journey_runs_latest", "events_by_profile", "holdouts_pkey"}),
    ),
    Reading("ingest", "newest", (LAST, 21), frozenset({"events_pkey"}), "routed.sql"),
    Reading("ingest", "nowhere", (LAST, 21), frozenset({"events_pkey"}), "routed.sql"),
    Reading(
        "ingest",
        "so",
        (LAST, 21, [{"cart": "event_condition_unmet"}, {"welcome": "event_condition_unmet"}]),
        frozenset({"events_by_routing"}),
        "routed.sql",
    ),
    Reading(
        "ingest",
        "of_profile",
        (LAST, 21, SOMEBODY, [{"cart": "event_condition_unmet"}], False),
        frozenset({"events_by_profile"}),
        "routed.sql",
    ),
    Reading(
        "ingest",
        "claim",
        (datetime(2100, 1, 1, tzinfo=UTC), 100),
        frozenset({"dispatches_due", "dispatches_waiting", "dispatches_of_run", "journey_runs_pkey"}),
    ),
    Reading(
        "ingest",
        "delivered",
        ([1, 2], ["done", "done"], datetime(2100, 1, 1, tzinfo=UTC)),
        frozenset({"dispatches_pkey"}),
    ),
    Reading(
        "ingest",
        "postponed",
        ([1], [datetime(2100, 1, 1, tzinfo=UTC)]),
        frozenset({"dispatches_pkey", "dispatches_waiting"}),
    ),
    Reading(
        "ingest",
        "rejected",
        (_NOW, SOMEBODY, 21),
        frozenset({"rejected_events_by_time"}),
    ),
    Reading("ingest", "rejected_one", (SOMEBODY,), frozenset({"rejected_events_pkey"})),
    Reading("ingest", "waiting", (_NOW, SOMEBODY, 21), _OF_LETTERS | {"dead_letters_waiting"}, "dead_letters.sql"),
    Reading("ingest", "all", (_NOW, SOMEBODY, 21), _OF_LETTERS | {"dead_letters_by_time"}, "dead_letters.sql"),
    Reading("access", "find", (b"nothing", _NOW), frozenset({"api_keys_hash_key"})),
    Reading(
        "audit",
        "list",
        (_NOW, SOMEBODY, _NOW - timedelta(days=7), None, None, None, None, 21),
        frozenset({"audit_log_by_time"}),
    ),
    Reading("access", "find_by_id", ("0f" * 8, _NOW), frozenset({"api_key_secrets_pkey", "api_keys_pkey"})),
]
FEW_PAGES = 3_000
_SAME = {"ix_dispatches_run_id": "dispatches_of_run"}
"""Where nothing is delivered yet, as here, both lead to the same few rows."""


async def test_every_reading_of_a_growing_table_goes_by_its_index_and_touches_few_pages(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await connection.execute(MANY_OF_EVERYTHING)
        for reading in READINGS:
            plan = await explain(connection, reading)
            nodes = list(parts(plan))
            used = {_SAME.get(node["Index Name"], node["Index Name"]) for node in nodes if "Index Name" in node}
            assert used == reading.indexes, reading.name
            assert "Seq Scan" not in {node["Node Type"] for node in nodes}, reading.name
            assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < FEW_PAGES, reading.name


async def explain(connection: Connection, reading: Reading) -> dict[str, Any]:
    """How Postgres answers the statement, measured; what it changes is taken back."""
    statement = Queries(f"fermata.{reading.room}", reading.file)[reading.name]
    undone = connection.transaction()
    await undone.start()
    try:
        answer = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *reading.arguments)
    finally:
        await undone.rollback()
    return await without_months(connection, json.loads(answer)[0]["Plan"])


def parts(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All nodes of a plan."""
    yield plan
    for inner in plan.get("Plans", []):
        yield from parts(inner)
