"""The ``Retry-After`` header, in both of its forms (RFC 9110, section 10.2.3)."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_LONGEST = timedelta(days=1)
"""A provider that asks for more is asked again after a day: the message's own expiry ends the waiting."""


def read_retry_after(value: str | None, *, now: datetime) -> timedelta | None:
    """Reads seconds or an HTTP date.

    Args:
        value: The header; None where there is none.
        now: The provider's time (aware), from its ``Date`` header where it sent one, so that clocks need not agree.

    Returns:
        How long to wait, from zero to a day; None where the header is missing or makes no sense.
    """
    if value is None:
        return None
    words = value.strip()
    if words.isascii() and words.isdigit():
        return min(timedelta(seconds=int(words[:9])), _LONGEST)
    instant = read_http_date(words)
    if instant is None:
        return None
    return min(max(instant - now, timedelta(0)), _LONGEST)


def read_http_date(value: str | None) -> datetime | None:
    """Reads an HTTP date; None where there is none or it makes no sense."""
    if value is None:
        return None
    try:
        instant = parsedate_to_datetime(value)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)
