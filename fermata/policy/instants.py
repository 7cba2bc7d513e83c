"""Instants as the policy room takes them: aware, in UTC, within the years that calendars can answer for."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""Nothing is deferred to this instant or beyond: what could only go then can never go."""


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{value.isoformat()} has no instant in UTC; use a year from 1970 to 2199") from None


def _in_range(value: datetime) -> datetime:
    instant = _in_utc(value)
    if not EARLIEST <= instant < LATEST:
        raise ValueError(f"{value.isoformat()} is out of range; use a year from 1970 to 2199")
    return instant


Instant = Annotated[AwareDatetime, AfterValidator(_in_range)]
"""An instant that calendars are asked about. Naive times are refused."""

Deadline = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""An instant that is only compared with, so "the year 9999" may stand for "for ever". Naive times are refused."""
