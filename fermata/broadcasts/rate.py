"""How fast a broadcast goes: people a second, a minute or an hour, and what that means for one page of them."""

import math
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

MOST_AT_ONCE = 1000
"""People in one page: about half a second's work, so that a pause takes hold at once."""

_A_PAGE = timedelta(seconds=10)
_PER = {"s": timedelta(seconds=1), "min": timedelta(minutes=1), "h": timedelta(hours=1)}
_FORM = re.compile(rf"([1-9][0-9]{{0,6}})/({'|'.join(_PER)})")


@dataclass(frozen=True, slots=True)
class Rate:
    """So many people in so long; written ``"50/s"``, ``"30/min"`` or ``"2000/h"``.

    Args:
        people: One or more.
        unit: ``s``, ``min`` or ``h``.
    """

    people: int
    unit: str

    def __str__(self) -> str:
        return f"{self.people}/{self.unit}"

    def time_for(self, people: int) -> timedelta:
        """How long so many people take."""
        return people * _PER[self.unit] / self.people


def page_at(rate: Rate | None) -> int:
    """How many people enter at once: ten seconds' worth, at least one.

    Args:
        rate: None for as fast as it goes.
    """
    if rate is None:
        return MOST_AT_ONCE
    return min(max(1, math.floor(rate.people * (_A_PAGE / _PER[rate.unit]))), MOST_AT_ONCE)


def read_rate(text: object) -> Rate:
    """Reads a rate as people write it.

    Raises:
        ValueError: It is none; the message says what to write.
    """
    if isinstance(text, Rate):
        return text
    match = _FORM.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"{text!r} is no rate; write 50/s, 30/min or 2000/h")
    return Rate(int(match[1]), match[2])


RateField = Annotated[
    Rate,
    PlainValidator(read_rate),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": f"^{_FORM.pattern}$", "examples": ["50/s"]}),
]
"""A rate as the field of a model: text outside, ``Rate`` inside."""
