"""Time zones as stretches of constant offset, so that wall-clock arithmetic is exact through every gap and fold.

Within a stretch, local time is UTC plus one offset and nothing can go wrong; whatever asks about local time walks from
stretch to stretch. The rules of the zones are those of ``zoneinfo`` (the IANA database).
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_STEP = timedelta(hours=12)
_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=4096)
def zone(name: str) -> ZoneInfo:
    """Returns the zone of an IANA name.

    Raises:
        ValueError: There is no such zone; the message names it.
    """
    try:
        found = ZoneInfo(name)
        found.utcoffset(datetime(2000, 1, 1))  # noqa: DTZ001 - a wall-clock time is what utcoffset takes
    except (OSError, ValueError, KeyError):  # a folder, a bad path, an unknown name: each has its own way to fail
        raise ValueError(f"unknown time zone {name!r}: use an IANA name such as 'Europe/Paris'") from None
    return found


@lru_cache(maxsize=4096)
def year_of_offsets(name: str, year: int) -> tuple[tuple[datetime, ...], tuple[timedelta, ...]]:
    """Returns the instants of the UTC year at which a stretch starts, and the offset from each on."""
    tz = zone(name)
    end = datetime(year + 1, 1, 1, tzinfo=UTC)
    at = datetime(year, 1, 1, tzinfo=UTC)
    starts, offsets = [at], [_offset(at, tz)]
    while at < end:
        following = min(at + _STEP, end)
        if following < end and _offset(following, tz) != offsets[-1]:
            starts.append(_change(at, following, tz))
            offsets.append(_offset(following, tz))
        at = following
    starts.append(end)
    return tuple(starts), tuple(offsets)


def _offset(at: datetime, tz: ZoneInfo) -> timedelta:
    offset = at.astimezone(tz).utcoffset()
    return offset if offset is not None else timedelta(0)


def _change(low: datetime, high: datetime, tz: ZoneInfo) -> datetime:
    """Returns the first whole second after ``low`` that has the offset of ``high``."""
    wanted = _offset(high, tz)
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if middle <= low:
            break
        low, high = (low, middle) if _offset(middle, tz) == wanted else (middle, high)
    return high


def stretch(at: datetime, name: str) -> tuple[timedelta, datetime]:
    """Returns the stretch of constant offset that an instant lies in.

    Args:
        at: An instant in UTC.
        name: The zone.

    Returns:
        The offset (local time minus UTC), and the instant at which it may change: the next change of the clocks, or the
        end of the UTC year.
    """
    starts, offsets = year_of_offsets(name, at.year)
    index = bisect_right(starts, at)
    return offsets[index - 1], starts[index]


def stretch_began(at: datetime, name: str) -> datetime:
    """Returns when the stretch began that an instant lies in: the last change of the clocks, or of the UTC year.

    Args:
        at: An instant in UTC.
        name: The zone.
    """
    starts, _ = year_of_offsets(name, at.year)
    return starts[bisect_right(starts, at) - 1]


def wall(at: datetime, name: str) -> datetime:
    """Returns what the clock on the wall shows: a naive datetime in the zone's local time."""
    return (at + stretch(at, name)[0]).replace(tzinfo=None)


def start_of_day(day: date, not_before: datetime, name: str) -> datetime:
    """Returns the first instant, not before another, at which the zone's local date is ``day`` or later.

    Where a day has no midnight (the clocks jump over it) this is the instant of the jump.

    Args:
        day: A local date.
        not_before: An instant in UTC, where the search starts.
        name: The zone.
    """
    midnight = datetime.combine(day, time(0))
    at = not_before
    while True:
        offset, until = stretch(at, name)
        wanted = (midnight - offset).replace(tzinfo=UTC)
        if wanted < until:
            return max(at, wanted)
        at = until
