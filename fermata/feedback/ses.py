"""Amazon SES's events, which come in messages of SNS: what became of mails.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from fermata.errors import InvalidEvent
from fermata.events.instant import to_instant
from fermata.feedback.reading import Told, to_text, to_uuid
from fermata.feedback.sns import SnsMessage, confirmation_of
from fermata.feedback.word import Bounce, Feedback
from fermata.vocabulary import FeedbackKind

_KINDS = {
    "Delivery": FeedbackKind.DELIVERED,
    "Open": FeedbackKind.OPENED,
    "Click": FeedbackKind.CLICKED,
    "Bounce": FeedbackKind.BOUNCED,
    "Reject": FeedbackKind.BOUNCED,
    "Complaint": FeedbackKind.COMPLAINED,
    "Subscription": FeedbackKind.UNSUBSCRIBED,
}
"""All others (Send, DeliveryDelay, …) end nothing: more is told later."""


def read_ses(message: SnsMessage, received_at: datetime, *, source: str, provider: str) -> Told:
    """Reads a message.

    Args:
        message: Believed.
        received_at: When it came in.
        source: The name under which the sender is known here.
        provider: The provider's name, as the ledger has it.

    Raises:
        InvalidEvent: What it says is no event.
    """
    if message.type != "Notification":
        confirm = confirmation_of(message)
        return Told(confirm=confirm, not_understood=int(confirm is None))
    try:
        # Takes half characters too, unlike orjson: a strange User-Agent must not lose the word.
        event: object = json.loads(message.message)
    except (ValueError, RecursionError):
        # "Successfully validated SNS topic for Amazon SES event publishing." is said in plain words, once.
        return Told(not_understood=1)
    if not isinstance(event, Mapping):
        raise InvalidEvent(f"Message must be a JSON object, not {type(event).__name__}", field="Message")
    word = _word(event, message.message_id, received_at, source, provider)
    return Told(words=(word,)) if word is not None else Told(not_understood=1)


def _word(
    event: Mapping[str, Any], message_id: str, received_at: datetime, source: str, provider: str
) -> Feedback | None:
    # "notificationType" is what identities publish, without a configuration set.
    name = event.get("eventType") or event.get("notificationType")
    kind = _KINDS.get(name) if isinstance(name, str) else None
    mail, told = _object(event, "mail"), _object(event, str(name).lower())
    decision_id, sent = _decision(mail), to_text(mail.get("messageId"), 255)
    if kind is None or not (decision_id or sent) or not _ends(kind, told):
        return None
    evidence = {"ip": to_text(told.get("ipAddress"), 100), "user_agent": to_text(told.get("userAgent"), 500)}
    return Feedback(
        source=source,
        source_id=message_id,
        kind=kind,
        occurred_at=_instant(told.get("timestamp"), received_at),
        decision_id=decision_id,
        provider_message_id=sent or None,
        provider=provider,
        bounce=_bounce(told) if kind is FeedbackKind.BOUNCED else None,
        link_url=to_text(told.get("link"), 2000) or None if kind is FeedbackKind.CLICKED else None,
        detail=_detail(told),
        evidence={each: value for each, value in evidence.items() if value},
    )


def _decision(mail: Mapping[str, Any]) -> UUID | None:
    """Ours: a tag where a configuration set publishes, a header where an identity does and passes headers on."""
    tagged = _object(mail, "tags").get("decision_id")
    if isinstance(tagged, list) and tagged:
        return to_uuid(tagged[0])
    headers = mail.get("headers")
    for header in headers if isinstance(headers, list) else []:
        if isinstance(header, Mapping) and str(header.get("name")).casefold() == "x-fermata-decision":
            return to_uuid(header.get("value"))
    return None


def _ends(kind: FeedbackKind, told: Mapping[str, Any]) -> bool:
    """Whether it is what its name says: a complaint may be taken back, a preference be about one topic alone."""
    if kind is FeedbackKind.COMPLAINED:
        return told.get("complaintFeedbackType") != "not-spam"
    if kind is FeedbackKind.UNSUBSCRIBED:
        return _object(told, "newTopicPreferences").get("unsubscribeAll") is True
    return True


def _bounce(told: Mapping[str, Any]) -> Bounce:
    """Permanent is about the address, on SES's own list of such too. A mail that SES rejects has a virus in it."""
    return Bounce.HARD if told.get("bounceType") == "Permanent" else Bounce.SOFT


def _detail(told: Mapping[str, Any]) -> str:
    recipients = told.get("bouncedRecipients")
    first = recipients[0] if isinstance(recipients, list) and recipients else {}
    diagnostic = first.get("diagnosticCode") if isinstance(first, Mapping) else None
    words = (told.get("bounceSubType"), diagnostic, told.get("complaintFeedbackType"), told.get("reason"))
    return to_text(" ".join(each for each in words if isinstance(each, str)))


def _instant(said: object, otherwise: datetime) -> datetime:
    try:
        return min(to_instant(said), otherwise)
    except ValueError:
        return otherwise


def _object(within: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = within.get(name)
    return found if isinstance(found, Mapping) else {}
