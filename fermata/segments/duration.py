"""How long ago: durations that are built in words, kept as ISO 8601 and bounded. A day is 24 hours."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from fermata.segments.invalid import InvalidSegment

LONGEST = timedelta(days=3650)
_ISO = re.compile(r"P(?:(\d{1,5})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?")
_UNITS = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
    ("second", timedelta(seconds=1)),
)


def days(number: float) -> timedelta:
    """``days(7)``: seven times 24 hours."""
    return _of("days", number)


def hours(number: float) -> timedelta:
    """``hours(36)``."""
    return _of("hours", number)


def minutes(number: float) -> timedelta:
    """``minutes(30)``."""
    return _of("minutes", number)


def duration_words(duration: timedelta) -> str:
    """The duration in its largest whole unit: "7 days", "36 hours", "1.5 seconds"."""
    for name, unit in _UNITS:
        number, rest = divmod(duration, unit)
        if not rest:
            return f"{number} {name}" if number == 1 else f"{number} {name}s"
    return f"{duration.total_seconds():g} seconds"


def _of(unit: str, number: float) -> timedelta:
    try:
        return _checked(timedelta(**{unit: number}))
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidSegment(f"{unit}({number!r}): {error}") from None


def _read(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return _checked(value)
    match = _ISO.fullmatch(value) if isinstance(value, str) else None
    if match is None or not any(match.groups()):
        # A bare number is refused: nobody could tell seconds from days.
        raise ValueError(f"{value!r} is no duration; write days(7) or hours(36), in JSON 'P7D' or 'PT36H'")
    in_days, in_hours, in_minutes, in_seconds = match.groups(default="0")
    # Microseconds are counted whole, so that what was written is read back to the last of them.
    whole, _, fraction = in_seconds.partition(".")
    return _checked(
        timedelta(
            days=int(in_days),
            hours=int(in_hours),
            minutes=int(in_minutes),
            seconds=int(whole),
            microseconds=int(fraction.ljust(6, "0")) if fraction else 0,
        )
    )


def _checked(duration: timedelta) -> timedelta:
    if not timedelta(0) < duration <= LONGEST:
        raise ValueError(f"a duration is longer than zero and at most {LONGEST.days} days, not {duration}")
    return duration


def _written(duration: timedelta) -> str:
    if not duration % timedelta(days=1):
        return f"P{duration.days}D"
    seconds, microseconds = divmod(duration, timedelta(seconds=1))
    fraction = f".{microseconds.microseconds:06}".rstrip("0") if microseconds else ""
    return f"PT{seconds}{fraction}S"


Duration = Annotated[
    timedelta,
    PlainValidator(_read),
    PlainSerializer(_written, when_used="json"),
    WithJsonSchema({"type": "string", "format": "duration"}),
]
"""Longer than zero, at most ten years; in JSON an ISO 8601 duration of days, hours, minutes and seconds."""
