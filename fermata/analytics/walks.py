"""Walks on record: each person's touches before each conversion, and those that came to none, read as a stream."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from fermata.analytics.attribution import HALF_LIFE, Attribution, Walk
from fermata.analytics.measurable import LONGEST, check_order
from fermata.analytics.order_value import STATED_SQL, currency_of
from fermata.database import Connection, Pool, Queries
from fermata.events.message_events import NAMES
from fermata.vocabulary import FeedbackKind

_QUERIES = Queries("fermata.analytics", "walks.sql")
_TOLD = _QUERIES["told"].replace("VALUE", STATED_SQL)
_CLICKS = {
    kinds[FeedbackKind.CLICKED]: channel.value for channel, kinds in NAMES.items() if FeedbackKind.CLICKED in kinds
}
"""What people did with our own messages that brought them here, and by which channel."""

_AT_ONCE = 2_000  # rows
_MOST_TOUCHES = 100
"""Of one walk the latest: a machine that comes ten thousand times would be no person's walk."""

_SAME_VISIT = timedelta(minutes=30)
LOOKBACK = timedelta(days=30)


@dataclass(slots=True)
class _Person:
    """The walk that one person is on."""

    lookback: timedelta
    touches: list[tuple[str, datetime]] = field(default_factory=list)

    def touch(self, channel: str, at: datetime) -> None:
        """A click and the page that it leads to are one touch."""
        if self.touches and self.touches[-1][0] == channel and at - self.touches[-1][1] < _SAME_VISIT:
            return
        self.touches.append((channel, at))
        del self.touches[:-_MOST_TOUCHES]

    def end(self, at: datetime, *, value: float | None) -> Iterator[Walk]:
        """The walk so far, if it has a touch that is not too old; the next begins."""
        near = [(channel, at - when) for channel, when in self.touches if at - when <= self.lookback]
        self.touches.clear()
        if near:
            channels, ages = zip(*near, strict=True)
            yield Walk(channels, ages, converted=value is not None, value=value or 0.0)


async def attribute(
    pool: Pool,
    conversion: str,
    since: datetime,
    until: datetime,
    *,
    lookback: timedelta = LOOKBACK,
    half_life: timedelta = HALF_LIFE,
) -> tuple[Attribution, str | None]:
    """Reads all walks that ended in a time, and says whom their conversions are owed to.

    Args:
        pool: Where from.
        conversion: The name of the event.
        since, until: When they ended; until is exclusive.
        lookback: Touches longer before the end count for nothing.
        half_life: For time decay.

    Returns:
        The credits, and the currency of their values: the one that most conversions name, or None.

    Raises:
        NothingToMeasure: The times are the wrong way round.
    """
    check_order(since, until)
    attribution = Attribution(half_life)
    async with pool.acquire() as connection, connection.transaction(readonly=True):
        currency = await currency_of(connection, conversion, since, until)
        async for walk in _walks(connection, conversion, since, until, lookback, currency):
            attribution.add(walk)
    return attribution, currency


async def _walks(
    connection: Connection,
    conversion: str,
    since: datetime,
    until: datetime,
    lookback: timedelta,
    currency: str | None,
) -> AsyncIterator[Walk]:
    names = [name for name in _CLICKS if name != conversion]
    rows = connection.cursor(
        _TOLD, conversion, since - lookback, until, names, currency, prefetch=_AT_ONCE, timeout=LONGEST
    )
    whose: UUID | None = None
    person = _Person(lookback)
    async for row in rows:
        if row["profile_id"] != whose:
            for walk in _to_none(person, since):
                yield walk
            whose, person = row["profile_id"], _Person(lookback)
        for walk in _taken(person, row, since):
            yield walk
    for walk in _to_none(person, since):
        yield walk


def _taken(person: _Person, row: asyncpg.Record, since: datetime) -> Iterator[Walk]:
    if row["converted"]:
        ended = list(person.end(row["occurred_at"], value=row["value"]))
        yield from ended if row["occurred_at"] >= since else ()
    else:
        person.touch(row["channel"] or _CLICKS[row["name"]], row["occurred_at"])


def _to_none(person: _Person, since: datetime) -> Iterator[Walk]:
    """The walk of somebody who did not convert after their last touch, as long as that was in the time asked about."""
    if person.touches and person.touches[-1][1] >= since:
        yield from person.end(person.touches[-1][1], value=None)
