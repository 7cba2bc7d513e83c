"""What is added to events on their way in: what the catalogue knows, and how their people came here."""

from collections.abc import Sequence
from typing import Any

from fermata.catalogue import enriched, look_up, product_names
from fermata.database import Connection
from fermata.events import IncomingEvent
from fermata.events.touch import touch_of
from fermata.events.verbs import Verbs


async def with_catalogue(
    connection: Connection, events: Sequence[IncomingEvent], verbs: Verbs | None
) -> Sequence[IncomingEvent]:
    """The events with what the catalogue knows of their products and they do not say.

    One statement for all of them, and none where none of them names a product.

    Args:
        connection: Any.
        events: Of one request.
        verbs: The standard events; those that ship where it is None.
    """
    names = product_names(events, verbs)
    if not names:
        return events
    catalogue = await look_up(connection, names)
    return [enriched(event, catalogue, verbs) for event in events]


def enrichment_of(event: IncomingEvent) -> dict[str, Any]:
    """What was added to an event, as it is kept beside it: ``{"added": ["name"], "touch": {"channel": "email"}}``."""
    kept: dict[str, Any] = {}
    if event.added:
        kept["added"] = list(event.added)
    touch = touch_of(event.kind, event.properties, event.context)
    if touch is not None:
        kept["touch"] = touch.as_json()
    return kept
