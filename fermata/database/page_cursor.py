"""Where a page of a list ended: an instant and an id, as text that callers hand back unread."""

import base64
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from fermata.errors import InvalidEvent

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PageCursor(NamedTuple):
    """The last row of a page; lists are in the order of these two.

    Args:
        at: Its instant (aware).
        id: Its id, for rows of one instant.
    """

    at: datetime
    id: UUID

    def to_text(self) -> str:
        """Returns what the caller is given."""
        microseconds = (self.at - _EPOCH) // timedelta(microseconds=1)
        return base64.urlsafe_b64encode(f"{microseconds} {self.id}".encode()).decode()


NEWEST = PageCursor(datetime(9999, 12, 31, tzinfo=UTC), UUID(int=2**128 - 1))
"""Before the first page of a list that has the newest first."""


def read_cursor(text: str) -> PageCursor:
    """Reads what a caller hands back.

    Raises:
        InvalidEvent: No page ended there.
    """
    try:
        microseconds, _, identifier = base64.urlsafe_b64decode(text.encode()).decode().partition(" ")
        return PageCursor(_EPOCH + timedelta(microseconds=int(microseconds)), UUID(identifier))
    except (ValueError, OverflowError):
        raise InvalidEvent(f"cursor={text!r} is not one that this list gave out", field="cursor") from None
