"""Signs bodies as other systems do, with their own arithmetic: written apart from the code that checks it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

SECRETS: Mapping[str, str] = {
    "SHOPIFY_SECRET": "hush",
    "STRIPE_SECRET": "whsec_stripe",
    "STRIPE_SECRET_BEFORE": "whsec_before",
    "ZENDESK_SECRET": "dGhpcyBzZWNyZXQ",
    "CHAT_SECRET": "whsec_" + base64.b64encode(b"a secret of twenty-four b").decode(),
    "RATINGS_SECRET": "another one of zendesk",
}
"""An environment with the secrets of ``DOCUMENT``."""

DOCUMENT = """
[sources.shopify]
kind = "shopify"
secrets = ["SHOPIFY_SECRET"]

[sources.billing]
kind = "stripe"
secrets = ["STRIPE_SECRET", "STRIPE_SECRET_BEFORE"]

[sources.helpdesk]
kind = "zendesk"
secrets = ["ZENDESK_SECRET"]

[sources.chat]
kind = "mapping"
secrets = ["CHAT_SECRET"]
event = "type"
occurred_at = "data.at"
user_id = "data.visitor.user"
email = "data.visitor.email"
phone = "data.visitor.phone"
anonymous_id = "data.visitor.cookie"
external_ids = { chat_visitor_id = "data.visitor.id" }
properties = { conversation_id = "data.id", agent_name = "data.agents.0.name", note = "data.note" }

[sources.ratings]
kind = "mapping"
signature = "zendesk"
secrets = ["RATINGS_SECRET"]
event_name = "Support Ticket Rated"
email = "requester"
properties = "ticket"
"""
"""Every kind of source."""


@dataclass(frozen=True)
class Signed:
    """A webhook that is ready to be sent."""

    source: str
    headers: Mapping[str, str]
    body: bytes


def to_bytes(body: object) -> bytes:
    """JSON, as the sender writes it: also what is no good."""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def shopify(topic: str, body: object, *, delivery: str = "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043") -> Signed:
    """A webhook of Shopify."""
    data = to_bytes(body)
    headers = {
        "X-Shopify-Topic": topic,
        "X-Shopify-Webhook-Id": delivery,
        "X-Shopify-Shop-Domain": "shop.example",
        "X-Shopify-Hmac-Sha256": _base64(SECRETS["SHOPIFY_SECRET"].encode(), data),
    }
    return Signed("shopify", headers, data)


def stripe(body: object, *, at: datetime, variable: str = "STRIPE_SECRET") -> Signed:
    """A webhook of Stripe."""
    data = to_bytes(body)
    seconds = str(int(at.timestamp()))
    key = SECRETS[variable].encode()
    digest = hmac.new(key, f"{seconds}.".encode() + data, hashlib.sha256).hexdigest()
    return Signed("billing", {"Stripe-Signature": f"t={seconds},v1={digest}"}, data)


def zendesk(body: object, *, at: datetime, source: str = "helpdesk", variable: str = "ZENDESK_SECRET") -> Signed:
    """A webhook of Zendesk."""
    data = to_bytes(body)
    said = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    headers = {
        "X-Zendesk-Webhook-Signature": _base64(SECRETS[variable].encode(), said.encode() + data),
        "X-Zendesk-Webhook-Signature-Timestamp": said,
        "X-Zendesk-Webhook-Invocation-Id": "01GDD4N1Y6XJ8ZSFSQ5MSB39JM",
    }
    return Signed(source, headers, data)


def standard(body: object, *, at: datetime, delivery: str = "msg_1") -> Signed:
    """A webhook by the Standard Webhooks specification."""
    data = to_bytes(body)
    seconds = str(int(at.timestamp()))
    key = base64.b64decode(SECRETS["CHAT_SECRET"].removeprefix("whsec_"))
    signature = _base64(key, f"{delivery}.{seconds}.".encode() + data)
    headers = {"webhook-id": delivery, "webhook-timestamp": seconds, "webhook-signature": f"v1,{signature}"}
    return Signed("chat", headers, data)


def _base64(key: bytes, data: bytes) -> str:
    return base64.b64encode(hmac.new(key, data, hashlib.sha256).digest()).decode()


CHAT: dict[str, Any] = {
    "type": "conversation_started",
    "data": {
        "id": 77,
        "at": 1772950000.5,
        "visitor": {"user": 42, "email": "ada@example.com", "phone": None, "cookie": "c-1", "id": "v-9"},
        "agents": [{"name": "Grace"}],
    },
}
"""A body for the source ``chat``."""
RATING: dict[str, Any] = {
    "requester": "ada@example.com",
    "ticket": {"ticket_id": "5158", "rating": "good", "comment": "Quick!"},
}
"""A body for the source ``ratings``."""
