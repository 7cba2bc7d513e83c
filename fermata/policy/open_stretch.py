"""When the opening hours that hold at an instant began and when they end, over midnights and changes of the clocks."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from fermata.policy.weekly_hours import WEEK_MINUTES, WeeklyHours
from fermata.policy.zones import stretch, stretch_began

_TICK = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1)
_A_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)


class OpenStretch(NamedTuple):
    """A time in which opening hours let everything through, without a break.

    Args:
        opened: Its first instant.
        closes: The first instant after it.
    """

    opened: datetime
    closes: datetime


def open_stretch(hours: WeeklyHours, at: datetime, zone: str, reach: timedelta) -> OpenStretch | None:
    """Returns the stretch that an instant lies in; None where the hours are closed then.

    Args:
        hours: Of a week.
        at: An instant in UTC.
        zone: Whose clock shows them.
        reach: What lies further away than this, before or after, is not looked at, and counts as its end.
    """
    closes = _closes(hours, at, zone, at + reach)
    return None if closes == at else OpenStretch(_opened(hours, at, zone, at - reach), closes)


def _closes(hours: WeeklyHours, at: datetime, zone: str, not_after: datetime) -> datetime:
    while at < not_after:
        offset, until = stretch(at, zone)
        minutes = (at - _A_MONDAY + offset) // _MINUTE
        found = hours.range_at(minutes % WEEK_MINUTES)
        if found is None:
            return at
        end = _A_MONDAY + (minutes - minutes % WEEK_MINUTES + found.end) * _MINUTE - offset
        at = min(end, until)
    return not_after


def _opened(hours: WeeklyHours, at: datetime, zone: str, not_before: datetime) -> datetime:
    """Walks back from an instant: each turn looks at the moment just before what is known to be open."""
    while at > not_before:
        before = at - _TICK
        offset, _ = stretch(before, zone)
        minutes = (before - _A_MONDAY + offset) // _MINUTE
        found = hours.range_at(minutes % WEEK_MINUTES)
        if found is None:
            return at
        start = _A_MONDAY + (minutes - minutes % WEEK_MINUTES + found.start) * _MINUTE - offset
        at = max(start, stretch_began(before, zone))
    return not_before
