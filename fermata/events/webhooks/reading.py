"""From a webhook that is believed to the events in it, through the same pipe as every other event."""

from typing import Any

from fermata.errors import InvalidEvent
from fermata.events.incoming import IncomingEvent
from fermata.events.parse import parse
from fermata.events.reading import MOST_MESSAGES, Reading, RefusedMessage, rejection
from fermata.events.verbs import Verbs
from fermata.events.webhooks.delivery import Delivery
from fermata.events.webhooks.sources import Source
from fermata.events.webhooks.told import to_calls


def read_webhook(source: Source, delivery: Delivery, verbs: Verbs | None = None) -> Reading:
    """Reads a webhook. What cannot be understood is refused and kept: to send it again would change nothing.

    Args:
        source: Whose it is.
        delivery: Believed: ``verify`` comes first.
        verbs: The standard events; those that ship where it is None.
    """
    try:
        calls = _calls(source, delivery)
    except InvalidEvent as error:
        return Reading((), (RefusedMessage(0, None, rejection("webhook", delivery.body, error)),))
    events: list[IncomingEvent] = []
    refused: list[RefusedMessage] = []
    for index, call in enumerate(calls):
        try:
            events.append(parse(call, received_at=delivery.received_at, position=index, verbs=verbs))
        except InvalidEvent as error:
            refused.append(RefusedMessage(index, call.get("messageId"), rejection("webhook", call, error)))
    return Reading(tuple(events), tuple(refused))


def _calls(source: Source, delivery: Delivery) -> list[dict[str, Any]]:
    calls = to_calls(source.name, source.understand(delivery))
    if len(calls) > MOST_MESSAGES:
        raise InvalidEvent(f"it tells {len(calls):,} things; at most {MOST_MESSAGES:,} are taken at once")
    return calls
