"""A cap: at most so many exposures within a rolling time, a calendar day or week, or one visit."""

from datetime import timedelta
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, WithJsonSchema, model_validator

from fermata.policy.duration import duration_text, parse_duration

VISIT: Literal["visit"] = "visit"
_CALENDAR = (timedelta(days=1), timedelta(days=7))


def _parse_per(value: object) -> timedelta | Literal["visit"]:
    return VISIT if value == VISIT else parse_duration(value)


def _per_text(per: timedelta | Literal["visit"]) -> str:
    return VISIT if per == VISIT else duration_text(per)


Per = Annotated[
    timedelta | Literal["visit"],
    PlainValidator(_parse_per),
    PlainSerializer(_per_text),
    WithJsonSchema({"type": "string", "pattern": "^(visit|[1-9][0-9]{0,5}[mhd])$"}),
]


class Cap(BaseModel):
    """A limit on exposures.

    Args:
        limit: How many, 1 or more.
        per: Within which time: a duration, or ``"visit"``.
        kind: ``rolling``: a slot frees exactly ``per`` after the exposure that took it. ``calendar``: slots free at the
            profile's local midnight (``1d``) or at the midnight before Monday (``7d``).
        by: ``message`` counts every exposure, ``topic`` those of the message's topic.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(ge=1, strict=True)
    per: Per
    kind: Literal["rolling", "calendar"] = "rolling"
    by: Literal["message", "topic"] = "message"

    @model_validator(mode="after")
    def _calendar_period(self) -> Self:
        if self.kind == "calendar" and self.per not in _CALENDAR:
            raise ValueError(f"a calendar cap is per '1d' or '7d', not {_per_text(self.per)!r}")
        return self

    @cached_property
    def text(self) -> str:
        """The cap in words, for traces: "2 per 1d rolling"."""
        kind = "" if self.per == VISIT else f" {self.kind}"
        topic = " and topic" if self.by == "topic" else ""
        return f"{self.limit} per {_per_text(self.per)}{kind}{topic}"
