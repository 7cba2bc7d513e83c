"""Opening hours of a week on the wall clock, and the instant at which they next let something through.

Open means: the clock on the wall shows a time within a range. A range belongs to the day it starts on and may run past
midnight. Ranges are half-open: 09:00-20:00 holds 09:00 and not 20:00. So a range inside a spring gap does not happen
that day, and one inside an autumn fold happens twice, as it does for the person who looks at the clock.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple, Self

from fermata.policy.zones import stretch

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
_MINUTE = timedelta(minutes=1)
_A_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)


class Hours(NamedTuple):
    """A range of one day, in minutes from its midnight; ``end`` is greater than ``start`` and may pass midnight."""

    start: int
    end: int


class WeeklyHours:
    """The hours of a week, Monday first.

    Args:
        days: Seven entries, each the ranges that start on that day.

    Raises:
        ValueError: Two ranges overlap.
    """

    __slots__ = ("_ends", "_starts", "empty")

    def __init__(self, days: Sequence[Iterable[Hours]]) -> None:
        ranges = sorted(
            (day * DAY_MINUTES + hours.start, day * DAY_MINUTES + hours.end)
            for day, ranges_of_day in enumerate(days)
            for hours in ranges_of_day
        )
        _refuse_overlap(ranges)
        # Last week's and next week's copies, so that a range over Sunday's midnight needs no special case.
        around = [(start + week, end + week) for week in (-WEEK_MINUTES, 0, WEEK_MINUTES) for start, end in ranges]
        self._starts = [start for start, _ in around]
        self._ends = [end for _, end in around]
        self.empty = not ranges

    @classmethod
    def daily(cls, hours: Hours) -> Self:
        """Returns a week that has the same range every day."""
        return cls([[hours]] * 7)

    def wait(self, minute: int) -> int | None:
        """Returns how many minutes it is from a minute of the week (Monday 00:00 is 0) to the next one within a range.

        Args:
            minute: 0 to 10079.

        Returns:
            0 where the minute itself is within one; None for an empty week.
        """
        index = bisect_right(self._starts, minute)
        if index and minute < self._ends[index - 1]:
            return 0
        return self._starts[index] - minute if index < len(self._starts) else None

    def range_at(self, minute: int) -> Hours | None:
        """Returns the range that a minute of the week lies in; None where it lies in none.

        Args:
            minute: 0 to 10079.
        """
        index = bisect_right(self._starts, minute) - 1
        if index < 0 or minute >= self._ends[index]:
            return None
        return Hours(self._starts[index], self._ends[index])

    def earliest(self, at: datetime, zone: str) -> datetime | None:
        """Returns the first instant, not before ``at``, at which the zone's wall clock is within a range.

        Args:
            at: An instant in UTC.
            zone: An IANA name.
        """
        if self.empty:
            return None
        while True:
            offset, until = stretch(at, zone)
            # Within a stretch, the wall clock shows the minutes since some Monday without a jump.
            minutes = (at - _A_MONDAY + offset) // _MINUTE
            wait = self.wait(minutes % WEEK_MINUTES)
            if wait == 0:
                return at
            if wait is not None:
                instant = _A_MONDAY + (minutes + wait) * _MINUTE - offset
                if instant < until:
                    return instant
            at = until


def _refuse_overlap(ranges: Sequence[tuple[int, int]]) -> None:
    for (_, end), (start, _) in pairwise(ranges):
        if start < end:
            raise ValueError("two of its ranges overlap; make them one")
    if ranges and ranges[-1][1] > WEEK_MINUTES + ranges[0][0]:
        raise ValueError("two of its ranges overlap over the night from Sunday to Monday; make them one")
