"""Paths in the database: everybody's events of a time, read person by person as a stream."""

from datetime import datetime, timedelta

from fermata.analytics.measurable import LONGEST, NothingToMeasure
from fermata.analytics.paths import PathCount
from fermata.database import Pool, Queries

_QUERIES = Queries("fermata.analytics", "paths_on_record.sql")
_MOST_NAMES = 60
_AT_ONCE = 500  # people
HORIZON = timedelta(days=7)


async def count_paths(
    pool: Pool,
    outcome: str,
    since: datetime,
    until: datetime,
    *,
    horizon: timedelta = HORIZON,
    longest: int = 3,
) -> PathCount:
    """Counts what people did, and what followed on it.

    Args:
        pool: Where from.
        outcome: The event that paths may lead to, for example ``"Order Completed"`` or ``"Subscription Cancelled"``.
        since, until: When it happened; until is exclusive.
        horizon: How long after a path the outcome counts.
        longest: Steps of the longest path.

    Raises:
        NothingToMeasure: No path could have been followed to the end of the horizon.
    """
    if until - since <= horizon:
        raise NothingToMeasure(
            f"between {since.isoformat()} and {until.isoformat()} nothing can be watched for {horizon}: "
            "ask about a longer time, or a shorter horizon"
        )
    count = PathCount(horizon.total_seconds(), longest)
    end = until.timestamp()
    async with pool.acquire() as connection, connection.transaction(readonly=True):
        rows = await connection.fetch(_QUERIES["names"], since, until, outcome, _MOST_NAMES, timeout=LONGEST)
        names = [outcome, *(row["name"] for row in rows)]
        people = connection.cursor(_QUERIES["people"], since, until, names, prefetch=_AT_ONCE, timeout=LONGEST)
        async for row in people:
            if row["places"]:
                walked = [names[place] for place in row["places"]]
                count.add(walked, row["times"], row["outcomes"] or (), end)
    return count
