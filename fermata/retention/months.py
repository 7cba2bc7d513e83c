"""Months of events: made ahead and dropped whole, by functions of the schema's owner that the application may call."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

from fermata.database import Connection

_LONG = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Months:
    """Months that were dropped.

    Args:
        dropped: How many.
        all_went: False where somebody held a table for longer than half a second, so that others may still go.
    """

    dropped: int
    all_went: bool


def month_of(at: datetime) -> datetime:
    """When a month began.

    Args:
        at: An instant of it, aware.
    """
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


async def make_months(connection: Connection) -> int:
    """Makes this month and the three after it, where they are not there yet.

    Where somebody holds a table for longer than half a second, it is left for the next time: what comes in meanwhile is
    kept beside the months, and moved when its month is made.

    Args:
        connection: In no transaction.

    Returns:
        How many it made.
    """
    try:
        made: int = await connection.fetchval("SELECT make_event_months()")
        await connection.execute("SELECT analyze_events()", timeout=_LONG.total_seconds())
    except asyncpg.LockNotAvailableError:
        return 0
    return made


async def drop_months(connection: Connection, before: datetime) -> Months:
    """Drops each month that was over at an instant, but for those before whose end an active run began.

    Args:
        connection: In no transaction: each month goes in one of its own.
        before: The instant, aware.
    """
    dropped = 0
    try:
        while await connection.fetchval("SELECT drop_event_month($1)", before) is not None:
            dropped += 1
    except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
        return Months(dropped, all_went=False)
    return Months(dropped, all_went=True)
