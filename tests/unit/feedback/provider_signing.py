"""Signs feedback as providers do, with their own arithmetic: written apart from the code that checks it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_KEY = ec.derive_private_key(0x5EED, ec.SECP256R1())
_PUBLIC = _KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
SECRETS: Mapping[str, str] = {
    "SENDGRID_KEY": base64.b64encode(_PUBLIC).decode(),
    "TWILIO_TOKEN": "the token of an account",
    "GATEWAY_SECRET": "whsec_" + base64.b64encode(b"a secret of twenty-four b").decode(),
}
"""An environment with the secrets of ``DOCUMENT``."""

DOCUMENT = """
[feedback.mailer]
kind = "sendgrid"
secrets = ["SENDGRID_KEY"]

[feedback.texter]
kind = "twilio"
secrets = ["TWILIO_TOKEN"]
help = "Shop & Co: write to help@shop.example. STOP ends these messages."

[feedback.gateway]
kind = "standard"
secrets = ["GATEWAY_SECRET"]
provider = "texter"
"""
"""Every kind of provider that tells."""


@dataclass(frozen=True)
class Signed:
    """Feedback that is ready to be sent."""

    path: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def sendgrid(events: object, at: datetime) -> Signed:
    """A delivery of SendGrid's event webhook."""
    body = events if isinstance(events, bytes) else json.dumps(events).encode()
    seconds = str(int(at.timestamp()))
    signature = base64.b64encode(_KEY.sign(seconds.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": signature,
        "X-Twilio-Email-Event-Webhook-Timestamp": seconds,
        "Content-Type": "application/json",
    }
    return Signed("/webhooks/mailer", headers, body)


def twilio(base: str, path: str, form: Mapping[str, str], token: str = SECRETS["TWILIO_TOKEN"]) -> Signed:
    """A request of Twilio's to an address of ours."""
    signed = base + path + "".join(f"{name}{form[name]}" for name in sorted(form))
    signature = base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return Signed(path, headers, urlencode(form).encode())


def standard(body: object, at: datetime, message_id: str = "msg_1") -> Signed:
    """A delivery by the Standard Webhooks specification."""
    data = json.dumps(body).encode()
    seconds = str(int(at.timestamp()))
    key = base64.b64decode(SECRETS["GATEWAY_SECRET"].removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{seconds}.".encode() + data, hashlib.sha256).digest()
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
    return Signed("/webhooks/gateway", headers, data)
