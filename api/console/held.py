"""What is held, by the hour in which it is decided again: as the rows of a table, and as the columns of a chart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.console.column_chart import Column
from fermata.ledger.lately import HeldNow

_HOUR = timedelta(hours=1)
_HOURS = 25  # the present one, and a day
_EACH_LABELLED = 3  # hours: so many labels stand side by side


@dataclass(frozen=True, slots=True)
class HeldHour:
    """What is due in one hour, with what holds it, the most frequent reason first.

    Args:
        hour: Its beginning; None for later than a day from now, or for the next visit.
        at_visit: Whether it waits for the person's next visit.
        messages: How many.
        reasons: What holds them.
    """

    hour: datetime | None
    at_visit: bool
    messages: int
    reasons: list[HeldNow]


def by_hour(held: Sequence[HeldNow]) -> list[HeldHour]:
    """Puts together what is due in one hour.

    Args:
        held: In the order of their hours.
    """
    hours: dict[tuple[datetime | None, bool], list[HeldNow]] = {}
    for each in held:
        hours.setdefault((each.hour, each.at_visit), []).append(each)
    return [HeldHour(*place, sum(each.messages for each in those), those) for place, those in hours.items()]


def hour_columns(hours: Sequence[HeldHour], now: datetime) -> list[Column]:
    """A column for the present hour and each of the day after it, in UTC; for those too in which nothing is due.

    Args:
        hours: What is held.
        now: The present, aware.
    """
    due = {each.hour: each.messages for each in hours if each.hour is not None}
    return list(_columns(due, now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)))


def _columns(due: dict[datetime, int], first: datetime) -> Iterator[Column]:
    for number in range(_HOURS):
        hour = first + number * _HOUR
        label = f"{hour:%H:%M}" if number % _EACH_LABELLED == 0 else ""
        yield Column(label, due.get(hour, 0), f"from {hour:%H:%M} UTC: {due.get(hour, 0):,}")
