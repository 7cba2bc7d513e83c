"""From the body of a request to the events in it, and to what is refused: for a single call and for a batch alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from fermata.errors import InvalidEvent
from fermata.events.bounds import LARGEST_MESSAGE
from fermata.events.incoming import Door, Entrance, IncomingEvent, Rejection
from fermata.events.instant import read_instant
from fermata.events.parse import parse
from fermata.events.verbs import Verbs

MOST_MESSAGES = 2500
"""Messages in one batch: with the size of the body, the limits of Segment."""


class TooManyMessages(InvalidEvent):
    """A batch of more messages than are taken at once."""


@dataclass(frozen=True, slots=True)
class RefusedMessage:
    """A message of a batch that was refused.

    Args:
        index: Its place in the batch, from 0.
        message_id: The sender's, as it came, or None.
        rejection: What is wrong with it.
    """

    index: int
    message_id: str | int | float | None
    rejection: Rejection


@dataclass(frozen=True, slots=True)
class Reading:
    """What a body says.

    Args:
        events: What can be stored.
        refused: What cannot: only ever of a batch.
    """

    events: tuple[IncomingEvent, ...]
    refused: tuple[RefusedMessage, ...] = ()

    @property
    def rejections(self) -> tuple[Rejection, ...]:
        """Those to be kept aside."""
        return tuple(refused.rejection for refused in self.refused)


def read(door: Door, body: object, *, received_at: datetime, verbs: Verbs | None = None) -> Reading:
    """Reads the body of a request. A bad message of a batch does not lose the others.

    Args:
        door: Where it came in.
        body: As it came out of the JSON parser.
        received_at: When it came in.
        verbs: The standard events; those that ship where it is None.

    Raises:
        InvalidEvent: Of a single call what is wrong with it; of a batch only what concerns all of it.
        TooManyMessages: A batch of more than ``MOST_MESSAGES``.
    """
    if door != "batch" and door != "import":
        return Reading((parse(body, received_at=received_at, kind=door, verbs=verbs),))
    events: list[IncomingEvent] = []
    refused: list[RefusedMessage] = []
    for index, message in enumerate(_messages(body)):
        try:
            events.append(
                parse(message, received_at=received_at, position=index, historical=door == "import", verbs=verbs)
            )
        except InvalidEvent as error:
            message_id = message.get("messageId") if isinstance(message, dict) else None
            is_one = isinstance(message_id, str | int | float) and not isinstance(message_id, bool)
            said = message_id if is_one else None
            refused.append(RefusedMessage(index, said, rejection(door, message, error)))
    return Reading(tuple(events), tuple(refused))


def rejection(door: Entrance, payload: object, error: InvalidEvent) -> Rejection:
    """What is kept of a payload that was refused.

    Args:
        door: Where it came in.
        payload: As it came out of the JSON parser, or the bytes where it is no JSON.
        error: What is wrong with it.
    """
    try:
        text = payload if isinstance(payload, bytes) else orjson.dumps(payload)
    except TypeError:  # deeper than orjson writes
        text = b""
    kept = text[:LARGEST_MESSAGE].decode(errors="replace").replace("\0", "\ufffd")
    return Rejection(error.field, str(error), kept, door)


def _messages(body: object) -> list[object]:
    """The messages of a batch, each as it would have been sent alone."""
    if not isinstance(body, Mapping):
        raise InvalidEvent(f"a batch must be a JSON object, not {type(body).__name__}")
    messages = body.get("batch")
    if not isinstance(messages, list):
        raise InvalidEvent("must be a list of messages", field="batch")
    context = body.get("context") or {}
    if not isinstance(context, Mapping):
        raise InvalidEvent("must be an object", field="context")
    sent_at = body.get("sentAt")
    read_instant(sent_at, field="sentAt")
    if len(messages) > MOST_MESSAGES:
        raise TooManyMessages(f"a batch of {len(messages):,} messages; at most {MOST_MESSAGES:,} are taken at once")
    return [_alone(message, context, sent_at) for message in messages]


def _alone(message: object, context: Mapping[str, Any], sent_at: object) -> object:
    """A message with what the batch says for all its messages; its own word goes first."""
    if not isinstance(message, dict):
        return message
    if sent_at is not None and message.get("sentAt") is None:
        message = {**message, "sentAt": sent_at}
    own = message.get("context")
    if not context or (own is not None and not isinstance(own, dict)):
        return message
    return {**message, "context": {**context, **(own or {})}}
