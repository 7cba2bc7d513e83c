"""Reads instants as the Segment spec writes them: ISO 8601, with an offset."""

from datetime import UTC, datetime

from fermata.errors import InvalidEvent

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""Nothing before it is taken for the time of an event: it is a field that was never set."""


def read_instant(value: object, *, field: str) -> datetime | None:
    """Reads an instant out of JSON.

    Args:
        value: The text, or None.
        field: Its dotted path, for the error.

    Returns:
        The instant in UTC, or None where there is none.

    Raises:
        InvalidEvent: It is no text, no ISO 8601, has no offset, or lies before 1970.
    """
    try:
        return None if value is None else to_instant(value)
    except ValueError as error:
        raise InvalidEvent(str(error), field=field) from None


def to_instant(value: object) -> datetime:
    """The same for a value that must be there.

    Raises:
        ValueError: With what is wrong and the mend.
    """
    if not isinstance(value, str):
        raise ValueError(f"must be text such as '2026-03-08T06:30:00Z', not {_cut(value)}")  # noqa: TRY004 - for pydantic
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{_cut(value)} is not an ISO 8601 time; write it like '2026-03-08T06:30:00Z'") from None
    if instant.tzinfo is None:
        raise ValueError(f"{_cut(value)} names no offset, so it is no instant; write it like '2026-03-08T06:30:00Z'")
    try:
        instant = instant.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{_cut(value)} lies outside the calendar") from None
    if instant < EARLIEST:
        raise ValueError(f"{_cut(value)} lies before 1970; leave the field out if the time is not known")
    return instant


def _cut(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
