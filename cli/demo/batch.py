"""A batch of events as the Segment SDKs send it: at most 100 events and less than 500 KB."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from cli.demo.outgoing import Outgoing

MOST_EVENTS = 100
MOST_BYTES = 480_000
"""Of the body before compression; the door's limit is 500 KB."""


@dataclass
class Batch:
    """Events that go out in one request, in their order."""

    events: list[Outgoing] = field(default_factory=list)
    size: int = 0

    def takes(self, event: Outgoing) -> bool:
        """Whether the event still fits. An empty batch takes any event: the door shall say what it thinks of it."""
        return not self.events or (
            len(self.events) < MOST_EVENTS and self.size + len(event.body) + 1 + len(_ENVELOPE) <= MOST_BYTES
        )

    def add(self, event: Outgoing) -> None:
        """Puts an event at the end."""
        self.events.append(event)
        self.size += len(event.body) + 1

    def halves(self) -> tuple[Self, Self]:
        """The same events in two batches, to find the one that the door cannot take."""
        middle = len(self.events) // 2
        first, second = type(self)(), type(self)()
        for event in self.events[:middle]:
            first.add(event)
        for event in self.events[middle:]:
            second.add(event)
        return first, second

    def body(self, sent_at: datetime) -> bytes:
        """The request's body.

        Args:
            sent_at: The sender's clock at the moment of sending, aware: the door corrects the events' times by it.
        """
        instant = sent_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z").encode()
        return _ENVELOPE.replace(b"SENT_AT", instant).replace(b"EVENTS", b",".join(event.body for event in self.events))


_ENVELOPE = b'{"sentAt":"SENT_AT","batch":[EVENTS]}'
