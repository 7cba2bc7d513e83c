"""Reads signed webhooks as the door does: proved first, then understood."""

from datetime import UTC, datetime
from typing import Any

from fermata.events import IncomingEvent, Reading
from fermata.events.webhooks import Delivery, read_sources, read_webhook, verify
from tests.unit.events.webhooks.signing import DOCUMENT, SECRETS, Signed

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SOURCES = read_sources(DOCUMENT, SECRETS)


def delivered(signed: Signed, *, at: datetime = NOW) -> Delivery:
    """As it comes in."""
    return Delivery({name.lower(): value for name, value in signed.headers.items()}, signed.body, at)


def reading_of(signed: Signed) -> Reading:
    """What the door makes of it."""
    source = SOURCES[signed.source]
    delivery = delivered(signed)
    verify(source.scheme, delivery, source.secrets)
    return read_webhook(source, delivery)


def events_of(signed: Signed) -> tuple[IncomingEvent, ...]:
    """The events in it, where nothing is refused."""
    reading = reading_of(signed)
    assert reading.rejections == ()
    return reading.events


def the_event_of(signed: Signed) -> IncomingEvent:
    """Its only event."""
    [event] = events_of(signed)
    return event


def refusal_of(signed: Signed) -> tuple[str, str]:
    """The field and the reason of its only refusal."""
    [rejection] = reading_of(signed).rejections
    assert rejection.door == "webhook"
    return rejection.field, rejection.message


def external_ids_of(event: IncomingEvent) -> dict[str, Any]:
    """The ids in other systems, by type."""
    return {each["type"]: each["id"] for each in event.context.get("externalIds", [])}
