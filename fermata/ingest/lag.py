"""How long events take to reach their runs: what waits now, and what the newest took."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fermata.database import Connection, Pool, Queries

_QUERIES = Queries("fermata.ingest", "lag.sql")
_NEWEST = 1_000


@dataclass(frozen=True, slots=True)
class DispatchLag:
    """The way from an event to its run.

    Args:
        waiting: How many dispatches wait.
        oldest: When the first of them was due; None where none waits.
        half, most: Within which time half of the newest thousand arrived, and 99 of 100; None before the first.
    """

    waiting: int
    oldest: datetime | None
    half: timedelta | None
    most: timedelta | None

    def late(self, now: datetime) -> timedelta:
        """How late the oldest is.

        Args:
            now: The instant, aware.
        """
        return max(now - self.oldest, timedelta(0)) if self.oldest is not None else timedelta(0)


async def dispatch_lag(connection: Pool | Connection) -> DispatchLag:
    """Reads how far behind dispatching is.

    Args:
        connection: Any, or the pool.
    """
    waiting = await connection.fetchrow(_QUERIES["waiting"])
    took = await connection.fetchrow(_QUERIES["delivered"], _NEWEST)
    half, most = (timedelta(seconds=each) if each is not None else None for each in took)
    return DispatchLag(waiting["waiting"], waiting["oldest"], half, most)
