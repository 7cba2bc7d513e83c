"""Durations as a policy writes them: "30m", "2h", "1d", "7d". A day is 24 hours."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema

_DURATION = re.compile(r"([1-9]\d{0,5})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_LONGEST = timedelta(days=366)


def parse_duration(value: object) -> timedelta:
    """Returns the duration, longer than zero and at most 366 days.

    Args:
        value: Text such as ``"2h"``, or a timedelta.

    Raises:
        ValueError: It is no duration, or out of that range.
    """
    if isinstance(value, timedelta):
        duration = value
    else:
        match = _DURATION.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise ValueError(f"{value!r} is no duration; write a number above 0 with m, h or d, such as '30m' or '1d'")
        duration = int(match[1]) * _UNITS[match[2]]
    if not timedelta(0) < duration <= _LONGEST:
        raise ValueError(f"{value!r} is out of range; use more than zero and at most 366 days")
    return duration


def duration_text(duration: timedelta) -> str:
    """Returns the duration as a policy writes it, in its largest whole unit."""
    for letter in ("d", "h", "m"):
        count, rest = divmod(duration, _UNITS[letter])
        if not rest:
            return f"{count}{letter}"
    return f"{duration.total_seconds():g}s"


Duration = Annotated[
    timedelta,
    PlainValidator(parse_duration),
    PlainSerializer(duration_text),
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,5}[mhd]$"}),
]


def duration_default(text: str) -> Any:  # noqa: ANN401 - what pydantic's Field returns
    """Returns the default of a field that is a duration; the schema shows it as a policy writes it."""
    return Field(default_factory=lambda: parse_duration(text), json_schema_extra={"default": text})
