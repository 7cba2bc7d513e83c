"""What a decision and a send read and change on growing tables, they find by index, however full the tables are."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from fermata.database import Connection, Pool, Queries
from fermata.ledger import begin_send, decide_and_reserve
from fermata.policy import default_document
from tests.months_in_plans import without_months
from tests.people import NOON, enrol
from tests.policies import under

QUERIES = Queries("fermata.ledger")
OTHERS = 20_000
SMALL = {"policies", "policy_activations"}
"""A row a policy: these grow with nothing else, and may be read whole."""

OF_ALL = {"reconsider_all"}
"""Told to every message that waits, when the policy changes: it reads them all, and their runs."""

# Below some ten thousand suppressions Postgres prefers to read them all: it takes a person to have a hundred addresses.
SUPPRESSED = 5_000

MANY = f"""
    INSERT INTO profiles (id, created_at, updated_at)
        SELECT md5(n::text)::uuid, now(), now() FROM generate_series(1, {OTHERS}) n;
    INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at)
        SELECT id, id, 'track', 'Product Added', id, now(), now() FROM profiles;
    INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at)
        SELECT id, 'cart', id, 'cart/' || id, id, 'active', now() FROM profiles;
    INSERT INTO child_runs (run_id, parent_run_id, awaited) SELECT id, id, false FROM journey_runs;
    INSERT INTO decisions (id, dedupe_key, profile_id, run_id, journey, message, step, visit, purpose, priority, action,
                           reason, channel, decided_at, policy)
        SELECT id, id, id, id, 'cart', 'hello', 'hello', 1, 'marketing', 50, 'send', 'eligible', 'sms', now(), 'v1'
        FROM profiles;
    INSERT INTO reservations (decision_id, profile_id, channel, address, purpose, priority, state, reserved_at,
                              exposed_at, updated_at)
        SELECT id, id, 'sms', '+44' || id, purpose, 50, 'sent', decided_at, decided_at, decided_at FROM decisions;
    INSERT INTO deferrals (run_id, step, decision_id, profile_id, message, channel, reason, purpose, priority,
                           next_eligible_at, deferred_at)
        SELECT id, 'later', id, id, 'later', 'email', 'outside_window', 'marketing', 50, now(), now() FROM profiles;
    INSERT INTO holdouts (profile_id, scope, salt, held_out, share, drawn_at)
        SELECT id, scope, 'fermata-holdout', false, 0.1, now() FROM profiles, unnest(ARRAY['', 'cart']) AS scope;
    INSERT INTO suppressions (channel, address, reason, created_at)
        SELECT 'email', 'gone-' || n || '@example.com', 'bounced', now() FROM generate_series(1, {SUPPRESSED}) n;
    ANALYZE;
"""  # noqa: S608 - numbers of our own


@pytest.fixture
async def full(pool: Pool) -> Pool:
    """A ledger with the exposures, decisions and deferrals of many others."""
    await pool.execute(MANY)
    return pool


async def test_every_statement_finds_its_rows_by_index_whatever_it_is_asked_with(full: Pool) -> None:
    async with full.acquire() as connection:
        whole = {
            name: read_whole(await generic_plan(connection, text)) - SMALL
            for name, text in QUERIES.items()
            if name not in OF_ALL
        }
    assert not {name: tables for name, tables in whole.items() if tables}


async def test_a_decision_and_a_send_touch_few_pages_among_many(full: Pool) -> None:
    policies = await under(full, default_document())
    ada = await enrol(full)
    sent: list[Any] = []
    await decide_and_reserve(full, policies, ada.attempt("first"), NOON)
    async with full.acquire() as connection:
        connection.add_query_logger(sent.append)
    decision = await decide_and_reserve(full, policies, ada.attempt("second", channels=("sms",)), NOON)
    await begin_send(full, decision.id, NOON)
    async with full.acquire() as connection:
        connection.remove_query_logger(sent.append)
        readings = [query for query in sent if query.query in QUERIES.values() and "INSERT" not in query.query]
        assert {name_of(query.query) for query in readings} >= {
            "lock_profile",
            "lock_address",
            "read_facts",
            "begin_send",
        }
        for query in readings:
            answer = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query.query}", *query.args)
            plan = await without_months(connection, json.loads(answer)[0]["Plan"])
            assert read_whole(plan) <= SMALL, name_of(query.query)
            assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 500, name_of(query.query)


def name_of(text: str) -> str:
    """What the room calls a statement."""
    return next(name for name, statement in QUERIES.items() if statement == text)


async def generic_plan(connection: Connection, statement: str) -> dict[str, Any]:
    """How Postgres answers a prepared statement without a look at its parameters, as it does from the sixth time on."""
    parameters = {int(number) for number in re.findall(r"\$(\d+)", statement)}
    nothing = f"({', '.join(['NULL'] * max(parameters))})" if parameters else ""
    async with connection.transaction():
        await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        await connection.execute(f"PREPARE asked AS {statement}")
        answer = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked{nothing}")
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
