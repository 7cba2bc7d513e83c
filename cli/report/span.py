"""The time that a report is about, as its options say it: days of UTC, instants, or so long before now."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from cli.instants import read_since

_DAY, _USUAL = timedelta(days=1), timedelta(days=90)


@dataclass(frozen=True, slots=True)
class ReportSpan:
    """From one instant to another.

    Args:
        since, until: The ends; until is no longer in it, and never lies after the present. Aware.
        now: The present, aware.
    """

    since: datetime
    until: datetime
    now: datetime

    @property
    def words(self) -> str:
        """As people say it: the days, and an hour where an end is neither that of a day nor the present."""
        if not _is_midnight(self.since):
            return f"{_moment(self.since)} to {_moment(self.until)}"
        if self.until == self.now or _is_midnight(self.until):
            last = self.last_day
            if last == self.since.date():
                return _day(last)
            first = f"{self.since.day} {self.since:%b}" if last.year == self.since.year else _day(self.since)
            return f"{first} to {_day(last)}"
        return f"{_day(self.since)} to {_moment(self.until)}"

    @property
    def last_day(self) -> date:
        """The last one of which a part is in it."""
        return (self.until - timedelta(microseconds=1)).date()


def read_span(first: str | None, last: str | None, now: datetime) -> ReportSpan:
    """Reads both ends.

    Args:
        first: ``2026-03-01`` for the beginning of that day, an instant, or a duration back from now; None for ninety
            days before the last one.
        last: ``2026-03-31`` for the end of that day, an instant, or a duration; None for the present.
        now: The present, aware.

    Raises:
        ValueError: One is none of these, nothing lies between them, or all of it is yet to come.
    """
    until = min(_read("--to", last, now, _DAY), now) if last is not None else now
    since = _read("--from", first, now, timedelta()) if first is not None else _midnight(until - _USUAL)
    if since >= now:
        raise ValueError(f"--from: {first} is yet to come; take a time before now")
    if since >= until:
        raise ValueError(
            f"--from: nothing lies between {_moment(since)} and --to, {_moment(until)}: are they the wrong way round?"
        )
    return ReportSpan(since, until, now)


def _read(option: str, text: str, now: datetime, whole_day: timedelta) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text.strip()), time(), UTC) + whole_day
    except ValueError:
        pass
    except OverflowError:
        raise ValueError(f"{option}: {text!r} lies after all time") from None
    try:
        return read_since(text, now)
    except ValueError as error:
        raise ValueError(f"{option}: {error}, nor a day such as 2026-03-01") from None


def _is_midnight(instant: datetime) -> bool:
    return instant.timetz() == time(tzinfo=UTC)


def _midnight(instant: datetime) -> datetime:
    return datetime.combine(instant.astimezone(UTC).date(), time(), UTC)


def _day(instant: date) -> str:
    return f"{instant.day} {instant:%b %Y}"


def _moment(instant: datetime) -> str:
    return f"{_day(instant)}, {instant:%H:%M} UTC"
