"""Removes what has had its time: page by page, each a transaction of its own, so that nobody waits for it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from fermata.database import Connection, Pool, Queries
from fermata.ledger.policies import in_force, stored_policy
from fermata.policy import parse_policy
from fermata.policy.horizon import horizon
from fermata.retention.keep import Keep
from fermata.retention.months import drop_months, make_months, month_of

Told: TypeAlias = Callable[[str, int], Awaitable[None]]
"""Told the kind, and how many of it have gone."""

_QUERIES = Queries("fermata.retention")
_LOCK = 0x6B656570  # "keep": one at a time, whoever begins
_PAGE = 1000  # rows; a tenth of a second
_FIRST: dict[str, UUID | int] = {"dispatches": 0}
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class Removed(BaseModel):
    """How many rows went.

    Args:
        event_months: Months of events that were dropped whole: their events are not counted.
        events, decisions, dispatches, rejected: Of each kind, one by one.
        message_ids: Of events in months that were dropped.
    """

    model_config = ConfigDict(frozen=True)

    event_months: int = 0
    events: int = 0
    message_ids: int = 0
    decisions: int = 0
    dispatches: int = 0
    rejected: int = 0

    @property
    def total(self) -> int:
        """Of all kinds together."""
        return sum(self.model_dump().values())


async def remove_old(
    pool: Pool, keep: Keep, now: datetime, *, page: int = _PAGE, told: Told | None = None
) -> Removed | None:
    """Goes once through everything that has had its time, and removes what may go; makes the months that come.

    A crash, or a stop, leaves the rest for the next time.

    Args:
        pool: Connections to the database; one is used.
        keep: How long each kind is kept.
        now: The instant, aware.
        page: How many rows are looked at in one transaction.
        told: Told after each page.

    Returns:
        What went; None where somebody else is at it.
    """
    async with pool.acquire() as connection:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
            return None
        try:
            await make_months(connection)
            removed: dict[str, int] = {}
            if keep.events is not None:
                removed |= await _remove_events(connection, month_of(now - keep.events), page, told)
            cuts = {
                "decisions": _cut(now, await _longer(connection, keep.decisions)),
                "dispatches": _cut(now, keep.dispatches),
                "rejected": _cut(now, keep.rejected),
            }
            for kind, cut in cuts.items():
                if cut is not None:
                    removed[kind] = await _remove(connection, kind, cut, page, told)
            return Removed(**removed)
        finally:
            await connection.execute("SELECT pg_advisory_unlock($1)", _LOCK)


def first_id_at(at: datetime) -> UUID:
    """The least UUIDv7 that can be made at an instant (RFC 9562).

    Args:
        at: The instant, aware.
    """
    return UUID(int=(((at - _EPOCH) // _MILLISECOND) << 80) | (7 << 76) | (2 << 62))


def _cut(now: datetime, kept: timedelta | None) -> datetime | None:
    return now - kept if kept is not None else None


async def _longer(connection: Connection, kept: timedelta | None) -> timedelta | None:
    """No shorter than the policy in force looks back: what a cap counts is there for it."""
    if kept is None:
        return None
    standing = await in_force(connection)
    if standing is None:
        return kept
    stored = await stored_policy(connection, standing.version)
    return max(kept, horizon(parse_policy(stored.document)))


async def _remove_events(connection: Connection, cut: datetime, page: int, told: Told | None) -> dict[str, int]:
    """What came in before the month of the cut: whole months, and row by row where an active run may look at some."""
    months = await drop_months(connection, cut)
    if not months.all_went:
        return {"event_months": months.dropped}
    return {
        "event_months": months.dropped,
        "events": await _remove(connection, "events", cut, page, told),
        "message_ids": await _remove(connection, "message_ids", first_id_at(cut), page, told),
    }


async def _remove(connection: Connection, kind: str, cut: datetime | UUID, page: int, told: Told | None) -> int:
    after: UUID | int = _FIRST.get(kind, UUID(int=0))
    removed = 0
    young = (first_id_at(cut),) if isinstance(cut, datetime) and kind != "dispatches" else ()
    while True:
        row = await connection.fetchrow(_QUERIES[kind], after, cut, page, *young)
        removed += int(row["removed"])
        if told is not None:
            await told(kind, removed)
        if row["last"] is None:
            return removed
        after = row["last"]
