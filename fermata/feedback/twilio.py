"""Twilio's webhooks: what became of text messages, and texts that people write to us.

https://www.twilio.com/docs/messaging/guides/track-outbound-message-status and …/twilio-request
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl

from fermata.errors import InvalidEvent
from fermata.events.webhooks import Delivery
from fermata.feedback.keywords import Keyword
from fermata.feedback.reading import Told, to_text, to_uuid
from fermata.feedback.texting import InboundText
from fermata.feedback.word import Bounce, Feedback
from fermata.vocabulary import FeedbackKind

DECISION = "decision"
"""The parameter of the address for status callbacks by which our id comes back."""

_MOST_FIELDS = 200
_KINDS = {
    "delivered": FeedbackKind.DELIVERED,
    "read": FeedbackKind.OPENED,
    "undelivered": FeedbackKind.BOUNCED,
    "failed": FeedbackKind.BOUNCED,
}
"""All others (queued, sending, sent, …) end nothing."""

_GONE = frozenset({"21211", "21217", "21610", "21614", "30005", "30006"})
"""Errors of numbers that take no text, now or later: none there, a landline, or whoever has it said STOP. See
https://www.twilio.com/docs/api/errors."""


def form_of(delivery: Delivery) -> dict[str, str]:
    """The fields of a form.

    Args:
        delivery: As it came in.

    Raises:
        InvalidEvent: It is no form.
    """
    try:
        fields = parse_qsl(delivery.body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise InvalidEvent(f"the body is no form: {error}") from None
    return dict(fields)


def read_twilio(delivery: Delivery, *, query: Mapping[str, str], source: str, provider: str) -> Told:
    """Reads a status callback or an inbound message.

    Args:
        delivery: Believed.
        query: Parameters of the address that it came to.
        source: The name under which the sender is known here.
        provider: The provider's name, as the ledger has it.

    Raises:
        InvalidEvent: It is no form, or neither of the two.
    """
    form = form_of(delivery)
    sid = to_text(form.get("MessageSid") or form.get("SmsSid"), 255)
    if not sid:
        raise InvalidEvent("there is no MessageSid", field="MessageSid")
    status = to_text(form.get("MessageStatus") or form.get("SmsStatus"), 40)
    if status == "received" or (not status and "Body" in form):
        return Told(texts=(_text(form, sid, source),))
    kind = _KINDS.get(status)
    if kind is None:
        return Told(not_understood=1)
    return Told(words=(_word(form, sid, kind, query, source, provider, delivery.received_at),))


def _word(
    form: Mapping[str, str],
    sid: str,
    kind: FeedbackKind,
    query: Mapping[str, str],
    source: str,
    provider: str,
    received_at: datetime,
) -> Feedback:
    code = to_text(form.get("ErrorCode"), 20)
    hard = Bounce.HARD if code in _GONE else Bounce.SOFT
    return Feedback(
        source=source,
        # A callback has no id and no time of its own. A status comes once in a message's life.
        source_id=f"{sid}:{to_text(form.get('MessageStatus') or form.get('SmsStatus'), 40)}",
        kind=kind,
        occurred_at=received_at,
        decision_id=to_uuid(query.get(DECISION)),
        provider_message_id=sid,
        provider=provider,
        bounce=hard if kind is FeedbackKind.BOUNCED else None,
        detail=f"error {code}" if code else "",
    )


def _text(form: Mapping[str, str], sid: str, source: str) -> InboundText:
    number = to_text(form.get("From"), 64)
    if not number:
        raise InvalidEvent("there is no From", field="From")
    # What Twilio's own opt-out has understood is what it acts on: the two must not disagree.
    said = to_text(form.get("OptOutType"), 20).casefold()
    return InboundText(
        source=source,
        source_id=sid,
        number=number,
        to=to_text(form.get("To"), 64),
        text=to_text(form.get("Body"), 1600),
        keyword=Keyword(said) if said in {each.value for each in Keyword} else None,
    )
