"""The next time that a clock on a person's wall shows a certain hour, also where it is not known which wall that is."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from fermata.policy.zones import stretch

_DAY = timedelta(days=1)


def next_local(after: datetime, wanted: time, zones: Sequence[str], weekday: int | None = None) -> datetime:
    """Returns the first instant after another at which it is that time for the person.

    Where the clocks leap over the time, the instant of the leap; where they show it twice, the first of them. Of
    several zones in which the person may be, the latest: by then the time has come in each.

    Args:
        after: An instant, UTC.
        wanted: The time on the wall.
        zones: IANA names, at least one.
        weekday: 0 for Monday; None for any day.
    """
    return max(_next_in(after, wanted, name, weekday) for name in zones)


def _next_in(after: datetime, wanted: time, name: str, weekday: int | None) -> datetime:
    at = after
    while True:
        offset, end = stretch(at, name)
        shown = _next_shown(at + offset, wanted, weekday, strictly=at == after)
        if shown - offset < end:
            return shown - offset
        leap = stretch(end, name)[0] - offset
        if shown < end + offset + leap:  # the clocks go past it in a leap
            return end
        at = end


def _next_shown(local: datetime, wanted: time, weekday: int | None, *, strictly: bool) -> datetime:
    """The next time that a clock which never leaps shows the time, on that weekday."""
    shown = datetime.combine(local.date(), wanted, tzinfo=local.tzinfo)
    while shown < local or (strictly and shown == local) or weekday not in (None, shown.weekday()):
        shown += _DAY
    return shown
