"""Feedback of any provider: JSON of our own shape, signed by the Standard Webhooks specification."""

from typing import Annotated, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    ValidationError,
    model_validator,
)

from fermata.errors import InvalidEvent
from fermata.events.faults import first_fault
from fermata.events.instant import to_instant
from fermata.events.webhooks import Delivery
from fermata.feedback.reading import Told, to_text, to_uuid
from fermata.feedback.texting import InboundText
from fermata.feedback.word import Bounce, Feedback
from fermata.vocabulary import FeedbackKind

_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
_Long = Annotated[str, StringConstraints(max_length=2000)]
_RECEIVED = "message.received"


class _Data(BaseModel):
    """What it is about.

    Args:
        id: The provider's id of the message.
        decision_id, key: Ours, as we gave them along: the decision, and the ``Idempotency-Key``.
        bounce: With ``message.bounced``.
        url: With ``message.clicked``.
        machine: A program did it, and no person.
        reason: In the provider's words.
        ip, user_agent: Of the person.
        sender, to, text: With ``message.received``: from where, to which of our numbers, and what.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    id: _Name | None = None
    decision_id: _Name | None = None
    key: _Long | None = None
    bounce: Annotated[Bounce, Strict(False)] | None = None
    url: _Long | None = None
    machine: bool = False
    reason: str | None = None
    ip: str | None = None
    user_agent: str | None = None
    sender: _Name | None = Field(default=None, alias="from")
    to: _Name | None = None
    text: _Long | None = None


class _Body(BaseModel):
    """The whole of it."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    type: Literal[
        "message.delivered",
        "message.bounced",
        "message.complained",
        "message.opened",
        "message.clicked",
        "message.unsubscribed",
        "message.replied",
        "message.received",
    ]
    timestamp: Annotated[AwareDatetime, BeforeValidator(to_instant)]
    data: _Data

    @model_validator(mode="after")
    def _complete(self) -> Self:
        data = self.data
        if self.type == _RECEIVED:
            if data.sender is None or data.text is None:
                raise ValueError("data needs from and text")
        elif not (data.id or data.key or to_uuid(data.decision_id)):
            raise ValueError("data needs at least one of id, decision_id, key")
        if (data.bounce is not None) is not (self.type == "message.bounced"):
            raise ValueError("data needs bounce, 'hard' or 'soft', with message.bounced and with nothing else")
        return self


def read_signed_json(delivery: Delivery, *, source: str, provider: str) -> Told:
    """Reads a delivery; its header ``webhook-id`` names it.

    Args:
        delivery: Believed.
        source: The name under which the sender is known here.
        provider: The provider's name, as the ledger has it.

    Raises:
        InvalidEvent: With the field at fault.
    """
    try:
        body = _Body.model_validate(delivery.to_object())
    except ValidationError as error:
        raise first_fault(error) from None
    source_id = delivery.header("webhook-id")
    if source_id is None:
        raise InvalidEvent("there is no header webhook-id")
    if body.type == _RECEIVED:
        return Told(texts=(_text(body.data, source, source_id),))
    return Told(words=(_word(body, source, source_id, provider),))


def _text(data: _Data, source: str, source_id: str) -> InboundText:
    return InboundText(
        source=source,
        source_id=source_id,
        number=to_text(data.sender),
        to=to_text(data.to),
        text=to_text(data.text),
    )


def _word(body: _Body, source: str, source_id: str, provider: str) -> Feedback:
    data = body.data
    evidence = {"ip": to_text(data.ip, 100), "user_agent": to_text(data.user_agent, 500)}
    return Feedback(
        source=source,
        source_id=source_id,
        kind=FeedbackKind(body.type.removeprefix("message.")),
        occurred_at=body.timestamp,
        decision_id=to_uuid(data.decision_id),
        dedupe_key=data.key,
        provider_message_id=data.id,
        provider=provider,
        bounce=data.bounce,
        machine=data.machine,
        link_url=to_text(data.url, 2000) or None,
        detail=to_text(data.reason),
        evidence={name: value for name, value in evidence.items() if value},
    )
