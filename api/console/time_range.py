"""The time that a page is about: two days of UTC, both of them in it, as a form with two dates says them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import Query

from fermata.errors import InvalidEvent

Day = Annotated[str, Query(max_length=20, pattern="^[^\\x00]*$")]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TimeRange:
    """From the beginning of one day to the end of another, or to the present where that comes first.

    Args:
        first, last: The days.
        now: The present, aware.
    """

    first: date
    last: date
    now: datetime

    @property
    def since(self) -> datetime:
        """Its beginning."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def until(self) -> datetime:
        """Its end, which is no longer in it."""
        return min(datetime.combine(self.last + _DAY, time(), UTC), self.now)

    @property
    def words(self) -> str:
        """As people say it."""
        return f"{self.first.day} {self.first:%b %Y} to {self.last.day} {self.last:%b %Y}"


def read_range(since: str, until: str, now: datetime, *, days: int) -> TimeRange:
    """Reads two dates of a form.

    Args:
        since, until: As the form has them, ``2026-03-31``; empty where nothing was said.
        now: The present, aware; the last day where none was said.
        days: How long the time is where its beginning was not said.

    Raises:
        InvalidEvent: One is no date, they are the wrong way round, or all of it is yet to come.
    """
    today = now.astimezone(UTC).date()
    last = _day("until", until) if until else today
    first = _day("since", since) if since else min(last, today) - timedelta(days=days - 1)
    if first > last:
        raise InvalidEvent(f"nothing lies between {first} and {last}: the dates are the wrong way round, swap them")
    if first > today:
        raise InvalidEvent(f"{first} is yet to come: take a day up to {today}")
    return TimeRange(first, min(last, today), now)


def _day(field: str, text: str) -> date:
    try:
        read = date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidEvent(f"{field}: {text!r} is no date; write one as 2026-03-31", field=field) from None
    if not 2000 <= read.year <= 2999:
        raise InvalidEvent(f"{field}: {read} lies outside of what can be on record", field=field)
    return read
