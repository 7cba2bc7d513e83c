"""Signs feedback as providers do, with their own arithmetic: written apart from the code that checks it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

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

[feedback.amazon]
kind = "ses"
topics = ["arn:aws:sns:eu-west-1:123456789012:mails"]
provider = "mailer"
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


TOPIC = "arn:aws:sns:eu-west-1:123456789012:mails"
CERTIFICATE_URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
_ORDER = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


@cache
def _amazons_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def amazons_certificate() -> bytes:
    """What lies at ``CERTIFICATE_URL``."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(_amazons_key().public_key())
    made = made.serial_number(7).not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
    made = made.not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
    return made.sign(_amazons_key(), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def sns(event: object, at: datetime, message_id: str = "sns-1", **changes: str) -> Signed:
    """A message of SNS with an event of SES in it; ``changes`` are made before it is signed."""
    said = {
        "Type": "Notification",
        "MessageId": message_id,
        "TopicArn": TOPIC,
        "Message": event if isinstance(event, str) else json.dumps(event),
        "Timestamp": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE_URL,
        **changes,
    }
    signed = "".join(f"{name}\n{said[name]}\n" for name in _ORDER if name in said)
    signature = _amazons_key().sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    body = json.dumps({**said, "Signature": base64.b64encode(signature).decode()}).encode()
    headers = {"x-amz-sns-message-type": said["Type"], "Content-Type": "text/plain; charset=UTF-8"}
    return Signed("/webhooks/amazon", headers, body)
