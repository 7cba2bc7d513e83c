"""Where a stream of an inbox stood: what a browser sends back as ``Last-Event-ID``, and goes on from."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the life of an inbox.

    Args:
        profile_id: Whose.
        mark: Every transaction before this one had ended, so what it wrote was seen.
        at: What expired up to then was gone (aware).
    """

    profile_id: UUID
    mark: int
    at: datetime

    def to_text(self) -> str:
        """As an event's id."""
        return f"{self.profile_id}.{self.mark}.{(self.at - _EPOCH) // timedelta(microseconds=1)}"

    @classmethod
    def from_text(cls, text: str | None) -> Self | None:
        """Reads an event's id; None where there is none, or where it is none of ours: then all is sent again."""
        profile_id, _, rest = (text or "").partition(".")
        mark, _, at = rest.partition(".")
        if not (mark.isascii() and mark.isdigit() and at.isascii() and at.isdigit() and len(mark) < 20):
            return None
        try:
            return cls(UUID(profile_id), int(mark), _EPOCH + timedelta(microseconds=int(at)))
        except (ValueError, OverflowError):
            return None
