"""What was decided lately, by reason, and what is held now, by the hour at which it is due: counted, not read."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fermata.database import Connection, Pool, Queries
from fermata.vocabulary import Action, Channel, Reason

_QUERIES = Queries("fermata.ledger", "lately.sql")


@dataclass(frozen=True, slots=True)
class DecidedLately:
    """Decisions of one end and one reason.

    Args:
        decisions: How many.
    """

    action: Action
    reason: Reason
    decisions: int


@dataclass(frozen=True, slots=True)
class HeldNow:
    """Messages that are held for one reason, and due in one hour.

    Args:
        hour: Its beginning; that of the present hour for what is due already; None for later than a day, or a visit.
        at_visit: They wait for the person's next visit.
        reason: What holds them.
        messages: How many.
    """

    hour: datetime | None
    at_visit: bool
    reason: Reason
    messages: int


@dataclass(frozen=True, slots=True)
class HeldMessage:
    """One message that is held."""

    decision_id: UUID
    run_id: UUID
    profile_id: UUID
    message: str
    channel: Channel
    reason: Reason
    priority: int
    deferred_at: datetime
    next_eligible_at: datetime | None


async def decided_lately(
    connection: Pool | Connection, since: datetime, until: datetime | None = None
) -> tuple[DecidedLately, ...]:
    """Counts the decisions since an instant, the most frequent reason first.

    Args:
        connection: Any, or the pool.
        since: Aware.
        until: And before this one, aware; None for the present.
    """
    rows = await connection.fetch(_QUERIES["decided"], since, list(Action), list(Reason), until)
    return tuple(DecidedLately(Action(row["action"]), Reason(row["reason"]), row["decisions"]) for row in rows)


async def held_now(connection: Pool | Connection, now: datetime) -> tuple[HeldNow, ...]:
    """Counts what is held, by the hour at which it is due; what waits for a visit comes last.

    Args:
        connection: Any, or the pool.
        now: The instant, aware.
    """
    rows = await connection.fetch(_QUERIES["held"], now)
    return tuple(HeldNow(row["hour"], row["at_visit"], Reason(row["reason"]), row["messages"]) for row in rows)


async def next_held(connection: Pool | Connection, limit: int) -> tuple[HeldMessage, ...]:
    """Returns the messages that are due first.

    Args:
        connection: Any, or the pool.
        limit: How many.
    """
    rows = await connection.fetch(_QUERIES["next_held"], limit)
    return tuple(
        HeldMessage(**{**row, "channel": Channel(row["channel"]), "reason": Reason(row["reason"])}) for row in rows
    )
