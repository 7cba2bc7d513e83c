"""Envelopes to send in tests: one a channel, each with what a test wants to change."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fermata.channels import BadgeContent, CardContent, Content, EmailContent, Envelope, PushContent, SmsContent
from fermata.channels.port import HandOffContent
from fermata.vocabulary import Channel

ADA = UUID("01890000-0000-7000-8000-00000000ada0")
DECISION = UUID("01890000-0000-7000-8000-0000000dec10")
SENT_AT = datetime(2026, 3, 9, 10, 30, tzinfo=UTC)

CONTENT: dict[Channel, Content] = {
    Channel.EMAIL: EmailContent(subject="Still here", html="<p>Still here</p>", text="Still here"),
    Channel.SMS: SmsContent(text="Your cart is waiting"),
    Channel.PUSH: PushContent(title="Still here", body="Your cart is waiting", url="https://shop.example/cart"),
    Channel.IN_APP: CardContent(title="Still here", body="Your cart is waiting", url="https://shop.example/cart"),
    Channel.INBOX: CardContent(title="Still here", body="Your cart is waiting"),
    Channel.BADGE: BadgeContent(),
    Channel.HAND_OFF: HandOffContent(to="sales", title="Call Ada", body="She asked for a price."),
}
ADDRESS: dict[Channel, str] = {
    Channel.EMAIL: "ada@example.com",
    Channel.SMS: "+12125550100",
    Channel.PUSH: "token-of-ada",
}


def an_envelope(channel: Channel = Channel.EMAIL, **changes: Any) -> Envelope:
    """An envelope for Ada, ready to go.

    Args:
        channel: The channel it goes out on.
        changes: Fields that are to be other than usual.
    """
    usual: dict[str, Any] = {
        "idempotency_key": "cart_recovery/ada:run-1:cart_reminder:1",
        "address": ADDRESS.get(channel),
        "content": CONTENT[channel],
        "profile_id": ADA,
        "message_key": "cart_reminder",
        "decision_id": DECISION,
        "sent_at": SENT_AT,
    }
    return Envelope(channel=channel, **{**usual, **changes})
