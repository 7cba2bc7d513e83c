"""Decisions of a journey or a channel: a bounded look through the newest, so that a rare one costs no more than others.

Neither has an index: the table is written with every decision, and people seldom ask so.
"""

from dataclasses import dataclass

from fermata.database import Connection, Pool, Queries
from fermata.database.page_cursor import NEWEST, PageCursor, read_cursor
from fermata.ledger.record import DecisionPage, DecisionSummary
from fermata.vocabulary import Action, Channel, Reason

LOOKED_THROUGH = 20_000
"""Decisions for one page."""

_QUERIES = Queries("fermata.ledger", "sifting.sql")


@dataclass(frozen=True, slots=True)
class Sieve:
    """Which decisions are wanted; None for any.

    Args:
        journey: Of this journey.
        channel: By this channel.
        action: That ended so.
        reason: For this reason.
    """

    journey: str | None = None
    channel: Channel | None = None
    action: Action | None = None
    reason: Reason | None = None


async def sift_decisions(
    connection: Pool | Connection, sieve: Sieve, *, limit: int = 20, cursor: str | None = None
) -> DecisionPage:
    """Looks through the newest decisions. A page may have none, and still have another after it.

    Args:
        connection: Any, or the pool.
        sieve: What is wanted.
        limit: Decisions a page, at most.
        cursor: The page before's ``next_cursor``.

    Raises:
        InvalidEvent: The cursor cannot be used.
    """
    after = read_cursor(cursor) if cursor is not None else NEWEST
    rows = await connection.fetch(
        _QUERIES["sifted"],
        *after,
        LOOKED_THROUGH,
        limit + 1,
        sieve.journey,
        sieve.channel,
        [sieve.action] if sieve.action is not None else list(Action),
        [sieve.reason] if sieve.reason is not None else list(Reason),
    )
    items = tuple(DecisionSummary(**row) for row in rows[:limit])
    if len(rows) > limit:
        return DecisionPage(items=items, next_cursor=PageCursor(items[-1].decided_at, items[-1].id).to_text())
    end = await connection.fetchrow(_QUERIES["end_of_look"], *after, LOOKED_THROUGH - 1)
    return DecisionPage(items=items, next_cursor=PageCursor(*end).to_text() if end is not None else None)
