"""SendGrid's event webhook: what became of mails (https://www.twilio.com/docs/sendgrid/for-developers/tracking-events)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from fermata.errors import InvalidEvent
from fermata.events.webhooks import Delivery
from fermata.feedback.reading import Told, to_instant, to_text, to_uuid
from fermata.feedback.word import Bounce, Feedback
from fermata.vocabulary import FeedbackKind

_KINDS = {
    "delivered": FeedbackKind.DELIVERED,
    "open": FeedbackKind.OPENED,
    "click": FeedbackKind.CLICKED,
    "bounce": FeedbackKind.BOUNCED,
    "dropped": FeedbackKind.BOUNCED,
    "spamreport": FeedbackKind.COMPLAINED,
    "unsubscribe": FeedbackKind.UNSUBSCRIBED,
    "group_unsubscribe": FeedbackKind.UNSUBSCRIBED,
}
"""All others (processed, deferred, …) end nothing: more is told later."""

_GONE = ("bounced address", "invalid")
"""Why a mail was dropped whose address takes none."""


def read_sendgrid(delivery: Delivery, *, source: str, provider: str) -> Told:
    """Reads a delivery of events.

    Args:
        delivery: Believed.
        source: The name under which the sender is known here.
        provider: The provider's name, as the ledger has it.

    Raises:
        InvalidEvent: It is no list of events.
    """
    words: list[Feedback] = []
    events = _events(delivery)
    for event in events:
        word = _word(event, delivery.received_at, source, provider)
        if word is not None:
            words.append(word)
    return Told(words=tuple(words), not_understood=len(events) - len(words))


def _events(delivery: Delivery) -> Sequence[object]:
    try:
        # Takes half characters too, unlike orjson: one strange User-Agent must not lose a whole batch.
        read: object = json.loads(delivery.body)
    except (ValueError, RecursionError) as error:
        raise InvalidEvent(f"the body is not JSON: {error}") from None
    if not isinstance(read, list):
        raise InvalidEvent(f"the body must be a JSON list of events, not {type(read).__name__}")
    return read


def _word(event: object, received_at: datetime, source: str, provider: str) -> Feedback | None:
    if not isinstance(event, Mapping):
        return None
    name = event.get("event")
    kind = _KINDS.get(name) if isinstance(name, str) else None
    decision_id = to_uuid(event.get("decision_id"))
    # Their id of a message is ours, which they told when they took it, and more after a point.
    message_id = to_text(event.get("sg_message_id"), 255).split(".", 1)[0]
    if kind is None or not (decision_id or message_id):
        return None
    return Feedback(
        source=source,
        source_id=to_text(event.get("sg_event_id"), 255) or _digest(event),
        kind=kind,
        occurred_at=to_instant(event.get("timestamp"), received_at),
        decision_id=decision_id,
        provider_message_id=message_id or None,
        provider=provider,
        bounce=_bounce(event) if kind is FeedbackKind.BOUNCED else None,
        machine=event.get("sg_machine_open") is True,
        link_url=to_text(event.get("url"), 2000) or None if kind is FeedbackKind.CLICKED else None,
        detail=to_text(event.get("reason")) or to_text(event.get("response")),
        evidence={
            ours: text
            for ours, theirs in (("ip", "ip"), ("user_agent", "useragent"))
            if (text := to_text(event.get(theirs), 500))
        },
    )


def _bounce(event: Mapping[str, Any]) -> Bounce:
    if event.get("event") == "dropped":
        reason = to_text(event.get("reason")).casefold()
        return Bounce.HARD if reason.startswith(_GONE) else Bounce.SOFT
    # "blocked" is a refusal of the moment: a full mailbox, a reputation. A status of 4.x.x says so too (RFC 3463).
    blocked = event.get("type") == "blocked" or to_text(event.get("status")).startswith("4")
    return Bounce.SOFT if blocked else Bounce.HARD


def _digest(event: Mapping[str, Any]) -> str:
    return sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()
