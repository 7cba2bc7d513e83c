"""The event by which journeys hear of a word on a message."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from fermata.events import IncomingEvent
from fermata.events.message_events import message_event
from fermata.feedback.sends import Send
from fermata.feedback.word import Feedback
from fermata.ingest.own_event import own_event
from fermata.profiles import Identity
from fermata.vocabulary import FeedbackKind

_ONCE_A_MESSAGE = frozenset(
    {FeedbackKind.DELIVERED, FeedbackKind.BOUNCED, FeedbackKind.COMPLAINED, FeedbackKind.UNSUBSCRIBED}
)
"""What happens to a message once, however many tell of it: a webhook and a bounce in the mailbox, for example."""


def event_of(word: Feedback, send: Send, about: Identity, now: datetime) -> IncomingEvent | None:
    """The event, or None where journeys do not hear of it.

    Args:
        word: What is told.
        send: Of which message.
        about: A name of its person.
        now: When it came in; nothing happens after that.
    """
    name = message_event(send.channel, word.kind, machine=word.machine)
    if name is None:
        return None
    return own_event(
        name, about, _properties(word, send), message_id=_message_id(word, send), at=min(word.occurred_at, now)
    )


def _message_id(word: Feedback, send: Send) -> str:
    if word.kind in _ONCE_A_MESSAGE:
        return ":".join(filter(None, ("feedback", str(send.decision_id), word.kind.value, word.bounce)))
    return f"feedback:{word.source}:{word.source_id}"


def _properties(word: Feedback, send: Send) -> Mapping[str, Any]:
    """What lies in a run's history too: no address, and of a link no more than where it leads."""
    said = {
        "channel": send.channel.value,
        "message_key": send.message,
        "journey": send.journey,
        "decision_id": str(send.decision_id),
        "provider": word.provider or word.source,
        "bounce": word.bounce,
        "link_url": without_query(word.link_url) if word.link_url is not None else None,
    }
    return {name: str(value) for name, value in said.items() if value is not None}


def without_query(url: str) -> str:
    """A link without what stands after ``?`` and ``#``, where names and tokens stand; "" where it is none.

    Args:
        url: As the provider tells it.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https"):
        return ""
    return urlunsplit((parts.scheme, f"{host}{port}", parts.path, "", ""))
