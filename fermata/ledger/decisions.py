"""Looks recorded decisions up: one with all that is kept of it, or many, the newest first."""

from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from fermata.database import Connection, Pool, Queries
from fermata.database.page_cursor import NEWEST, PageCursor, read_cursor
from fermata.errors import NotFound
from fermata.ledger.masking import without_addresses
from fermata.ledger.policies import in_force_since
from fermata.ledger.record import DecisionPage, DecisionRecord, DecisionSummary, Delivery, RuleAnswer
from fermata.policy import Facts
from fermata.vocabulary import Action, Reason

_QUERIES = Queries("fermata.ledger", "decisions.sql")
_TRACE = TypeAdapter(tuple[RuleAnswer, ...])


async def read_decision(connection: Pool | Connection, decision_id: UUID) -> DecisionRecord:
    """Returns everything that is kept of a decision, its addresses masked.

    Args:
        connection: Any, or the pool.
        decision_id: The decision.

    Raises:
        NotFound: There is no such decision.
    """
    row = await connection.fetchrow(_QUERIES["decision"], decision_id)
    if row is None:
        raise NotFound(f"no decision has the id {decision_id}")
    facts, fault = recorded_facts(row["facts"])
    delivery = row["delivery"]
    return DecisionRecord(
        **{name: row[name] for name in DecisionSummary.model_fields},
        in_force=await in_force_since(connection, row["policy"], row["decided_at"]),
        delivery=Delivery.model_validate(delivery) if delivery is not None else None,
        decided_again=row["decided_again"],
        facts=without_addresses(facts) if facts is not None else None,
        facts_fault=fault,
        trace=_TRACE.validate_json(row["trace"]),
    )


def recorded_facts(text: str) -> tuple[Facts, None] | tuple[None, str]:
    """Reads the facts of a recorded decision.

    Args:
        text: JSON, as the ledger keeps it.

    Returns:
        The facts, or None and why this version of Fermata cannot read them.
    """
    try:
        return Facts.model_validate_json(text, strict=True), None
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        return None, f"{'.'.join(map(str, first['loc'])) or 'facts'}: {first['msg']}"


async def list_decisions(
    connection: Pool | Connection,
    *,
    profile_id: UUID | None = None,
    action: Action | None = None,
    reason: Reason | None = None,
    limit: int = 20,
    cursor: str | None = None,
) -> DecisionPage:
    """Lists decisions, the newest first.

    Args:
        connection: Any, or the pool.
        profile_id: Only those about this person.
        action: Only those that ended so.
        reason: Only those with this reason.
        limit: Decisions a page.
        cursor: The page before's ``next_cursor``.

    Raises:
        InvalidEvent: The cursor cannot be used.
    """
    after = read_cursor(cursor) if cursor is not None else NEWEST
    actions = [action] if action is not None else list(Action)
    reasons = [reason] if reason is not None else list(Reason)
    place = (*after, limit + 1)
    if profile_id is not None:
        rows = await connection.fetch(_QUERIES["of_profile"], *place, profile_id, actions, reasons)
    elif action is not None or reason is not None:
        rows = await connection.fetch(_QUERIES["by_reason"], *place, actions, reasons)
    else:
        rows = await connection.fetch(_QUERIES["newest"], *place)
    items = tuple(DecisionSummary(**row) for row in rows[:limit])
    more = len(rows) > limit
    return DecisionPage(
        items=items, next_cursor=PageCursor(items[-1].decided_at, items[-1].id).to_text() if more else None
    )
