"""Instants and lengths of time as commands take and show them."""

import re
from datetime import UTC, datetime, timedelta

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_UNITS = ("weeks", "days", "hours", "minutes", "seconds")


def read_since(text: str, now: datetime) -> datetime:
    """Returns the instant that an option such as ``--since`` names.

    Args:
        text: An ISO 8601 duration back from now (``P30D``, ``PT12H``), or an instant with its offset.
        now: The present, aware.

    Raises:
        ValueError: It is neither, or lies out of range; the message says what to write.
    """
    try:
        return _read(text.strip(), now)
    except OverflowError:
        raise ValueError(f"{text!r} lies before all time; use a shorter duration") from None


def read_duration(text: str) -> timedelta:
    """Returns the length of time that a text names.

    Args:
        text: An ISO 8601 duration without years and months: ``P30D``, ``PT12H``.

    Raises:
        ValueError: It is none, or out of range; the message says what to write.
    """
    try:
        duration = _duration(text.strip())
    except OverflowError:
        raise ValueError(f"{text!r} is longer than all time; use a shorter duration") from None
    if duration is None:
        raise ValueError(f"{text!r} is no duration; write P30D, PT12H (years and months have no fixed length)")
    return duration


def _duration(text: str) -> timedelta | None:
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    given = {unit: int(number) for unit, number in zip(_UNITS, found.groups(), strict=True) if number}
    return timedelta(**given)


def _read(text: str, now: datetime) -> datetime:
    duration = _duration(text)
    if duration is not None:
        return now - duration
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is neither a duration such as P30D or PT12H (years and months have no fixed length) "
            "nor an instant such as 2026-03-01T00:00:00Z"
        ) from None
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no offset, so it is no instant; write {instant.isoformat()}Z for UTC")
    return instant.astimezone(UTC)


def utc_text(instant: datetime) -> str:
    """An instant for people, in UTC: ``2026-03-04 12:00 UTC``."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
