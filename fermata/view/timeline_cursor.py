"""Where a page of a timeline ended, as text that callers hand back unread."""

import base64
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from fermata.errors import InvalidEvent
from fermata.view.entries import EntryKind

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = UUID(int=0), UUID(int=2**128 - 1)
_ORDER = {kind: place for place, kind in enumerate(EntryKind)}


class TimelineCursor(NamedTuple):
    """The place of an entry: timelines are in the order of these three, the newest first.

    None of them ever changes, so that what is on one page is on no other, whatever comes in between two pages.

    Args:
        at: The entry's instant, aware.
        kind: What sort of entry it is.
        id: Its id.
    """

    at: datetime
    kind: EntryKind
    id: UUID

    @property
    def order(self) -> tuple[datetime, int, UUID]:
        """What timelines are sorted by: grows with time."""
        return (self.at, _ORDER[self.kind], self.id)

    def bound(self, kind: EntryKind) -> tuple[datetime, UUID]:
        """Returns the instant and id that all entries of a kind after this place lie below."""
        if kind is self.kind:
            return (self.at, self.id)
        return (self.at, _LAST if _ORDER[kind] < _ORDER[self.kind] else _FIRST)

    def to_text(self) -> str:
        """Returns what the caller is given."""
        microseconds = (self.at - _EPOCH) // timedelta(microseconds=1)
        return base64.urlsafe_b64encode(f"{microseconds} {self.kind.value} {self.id}".encode()).decode()


START = TimelineCursor(datetime(9999, 12, 31, tzinfo=UTC), EntryKind.RUN_END, _LAST)
"""Before the newest entry."""


def read_timeline_cursor(text: str) -> TimelineCursor:
    """Reads what a caller hands back.

    Raises:
        InvalidEvent: No page ended there.
    """
    try:
        microseconds, kind, identifier = base64.urlsafe_b64decode(text.encode()).decode().split(" ")
        return TimelineCursor(_EPOCH + timedelta(microseconds=int(microseconds)), EntryKind(kind), UUID(identifier))
    except (ValueError, OverflowError):
        raise InvalidEvent(f"cursor={text!r} is not one that a timeline gave out", field="cursor") from None
