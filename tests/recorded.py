"""Decisions for tests, recorded as the ledger records them, as many as a test wants: facts, answer and trace."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from fermata.database import Pool, new_id
from fermata.policy import Facts, Policy, TraceEntry, decide
from tests.people import Enrolled

_INSERT = """
INSERT INTO decisions (id, dedupe_key, profile_id, run_id, journey, message, step, visit, purpose, priority, action,
                       reason, channel, next_eligible_at, decided_at, policy, facts, trace)
VALUES ($1, $2, $3, $4, $5, $6, $6, 1, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
"""


async def record(pool: Pool, person: Enrolled, cases: Iterable[Facts], policy: Policy) -> Sequence[UUID]:
    """Decides cases under a policy and writes them down for a person's run, without reserving anything."""
    rows = [_row(person, case, policy) for case in cases]
    await pool.executemany(_INSERT, rows)
    return [row[0] for row in rows]


def _row(person: Enrolled, facts: Facts, policy: Policy) -> tuple[Any, ...]:
    decision, identifier = decide(facts, policy), new_id()
    return (
        identifier,
        str(identifier),
        person.profile_id,
        person.run_id,
        person.journey,
        facts.message.key,
        facts.message.purpose,
        facts.message.priority,
        decision.action,
        decision.reason,
        decision.channel,
        decision.next_eligible_at,
        facts.at,
        decision.policy,
        facts.model_dump(mode="json", exclude_none=True),
        [_lean(entry) for entry in decision.trace],
    )


def _lean(entry: TraceEntry) -> dict[str, Any]:
    values = {each.name: getattr(entry, each.name) for each in fields(entry)}
    return {name: value for name, value in values.items() if value is not None}
