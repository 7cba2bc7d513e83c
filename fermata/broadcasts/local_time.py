"""When a broadcast reaches a person by their own clock: every day's 10:00, or that of one day."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from fermata.policy.local_time import next_local
from fermata.policy.zones import start_of_day

_AHEAD = timedelta(hours=14)  # no clock on earth is further ahead of UTC: Kiritimati's
_MOMENT = timedelta(microseconds=1)
_FORM = re.compile(r"(?:(\d{4}-\d\d-\d\d)[T ])?(\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class LocalTime:
    """A time on each person's own clock; written ``"10:00"``, or of one day ``"2026-12-01T10:00"``.

    Args:
        time: On the wall.
        on: The day there; None for the first such time after the broadcast begins.
    """

    time: time
    on: date | None = None

    def __str__(self) -> str:
        return f"{self.on}T{self.time:%H:%M}" if self.on is not None else f"{self.time:%H:%M}"

    @property
    def first_anywhere(self) -> datetime | None:
        """The instant before which it is that time of that day nowhere on earth; None where no day is said."""
        return datetime.combine(self.on, self.time, tzinfo=UTC) - _AHEAD if self.on is not None else None


@lru_cache(maxsize=65_536)
def due_at(starts_at: datetime, local_time: LocalTime | None, zones: Sequence[str]) -> datetime:
    """Says when a broadcast is for somebody.

    Where the clocks leap over the time, it is the instant of the leap; where they show it twice, the first of them. Of
    several zones in which the person may be, it is the latest: by then the time has come in each.

    Args:
        starts_at: Nobody is reached before that; UTC.
        local_time: None for everybody at once.
        zones: Where the person may be: IANA names, at least one.
    """
    if local_time is None:
        return starts_at
    if local_time.on is None:
        return next_local(starts_at - _MOMENT, local_time.time, zones)
    early = local_time.first_anywhere or starts_at
    days = ((start_of_day(local_time.on, early - timedelta(days=1), name), name) for name in zones)
    return max(starts_at, *(next_local(begins - _MOMENT, local_time.time, (name,)) for begins, name in days))


def read_local_time(text: object) -> LocalTime:
    """Reads a local time as people write it.

    Raises:
        ValueError: It is none, or an instant; the message says what to write.
    """
    if isinstance(text, LocalTime):
        return text
    match = _FORM.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError(
            f"{text!r} is no time on people's own clocks; write 10:00, or 2026-12-01T10:00 for one day. "
            "An instant for all is `at`"
        )
    try:
        on = date.fromisoformat(match[1]) if match[1] else None
        return LocalTime(time.fromisoformat(match[2]), on)
    except ValueError as error:
        raise ValueError(f"{text!r} is no time on people's own clocks: {error}") from None


LocalTimeField = Annotated[
    LocalTime,
    PlainValidator(read_local_time),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "examples": ["10:00", "2026-12-01T10:00"]}),
]
"""A local time as the field of a model: text outside, ``LocalTime`` inside."""
