"""Messages of Amazon SNS, in which Amazon's services tell: read, and believed by the certificate that they name.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

import base64
import binascii
import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fermata.errors import BadSignature
from fermata.events.instant import to_instant
from fermata.events.webhooks import Delivery

SENT_AGAIN_FOR = timedelta(hours=1)
"""How old a message may be: SNS sends again for so long what it could not deliver, and never signs it anew."""

_CERTIFICATE = re.compile(
    r"https://(sns\.[a-z0-9-]{4,40}\.amazonaws\.com(?:\.cn)?)/SimpleNotificationService-[0-9a-f]{8,64}\.pem"
)
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}


class SnsMessage(BaseModel):
    """A message as SNS posts it, before anybody believes it. Its fields have the names that are signed."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    type: Literal["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"] = Field(alias="Type")
    message_id: str = Field(alias="MessageId", min_length=1, max_length=255)
    topic: str = Field(alias="TopicArn", max_length=512)
    message: str = Field(alias="Message")
    subject: str | None = Field(default=None, alias="Subject")
    timestamp: str = Field(alias="Timestamp", max_length=40)
    token: str | None = Field(default=None, alias="Token")
    subscribe_url: str | None = Field(default=None, alias="SubscribeURL")
    version: str = Field(alias="SignatureVersion", max_length=10)
    signature: str = Field(alias="Signature", max_length=2000)
    certificate_url: str = Field(alias="SigningCertURL", max_length=300)

    @classmethod
    def read(cls, delivery: Delivery) -> "SnsMessage":
        """Reads what came in.

        Raises:
            BadSignature: It is no message of SNS.
        """
        try:
            return cls.model_validate_json(delivery.body)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "the body"
            raise BadSignature(f"this is no message of SNS: {place}: {first['msg']}") from None

    @property
    def host(self) -> str:
        """Amazon's host in the region of the topic; what else a message names is not called."""
        parts = self.topic.split(":")
        ending = ".amazonaws.com.cn" if parts[1:2] == ["aws-cn"] else ".amazonaws.com"
        return f"sns.{parts[3] if len(parts) > 3 else ''}{ending}"

    @property
    def to_sign(self) -> bytes:
        """The text that SNS signs."""
        said = self.model_dump(by_alias=True)
        return "".join(f"{name}\n{said[name]}\n" for name in _SIGNED[self.type] if said[name] is not None).encode()


def check_claim(message: SnsMessage, topics: Collection[str], received_at: datetime) -> None:
    """Refuses, before anything is fetched for it, what can never be believed.

    Anybody who has an account can have SNS sign what they like: only the topics that a deployment declares count.

    Args:
        message: As it came in.
        topics: Their names, ``arn:aws:sns:…``.
        received_at: When it came in.

    Raises:
        BadSignature: The topic is another one, the certificate lies elsewhere than with SNS, or it is too old.
    """
    if message.topic not in topics:
        raise BadSignature("the topic is none of those that this source declares")
    if message.version != "2":
        raise BadSignature(
            f"SignatureVersion is {message.version!r}; set the topic's attribute SignatureVersion to 2 (SHA-256)"
        )
    found = _CERTIFICATE.fullmatch(message.certificate_url)
    if found is None or found.group(1) != message.host:
        raise BadSignature(f"SigningCertURL must be a certificate at https://{message.host}")
    at = _instant(message.timestamp)
    if abs(received_at - at) > SENT_AGAIN_FOR:
        raise BadSignature(f"signed at {at.isoformat()}, which is more than {SENT_AGAIN_FOR} from our clock")


def check_signature(message: SnsMessage, certificate: Certificate, received_at: datetime) -> None:
    """Believes a message that the certificate's key has signed.

    Args:
        message: Whose claim was checked.
        certificate: From the address that it names.
        received_at: When it came in.

    Raises:
        BadSignature: It is not to be believed.
    """
    if not certificate.not_valid_before_utc <= received_at <= certificate.not_valid_after_utc:
        raise BadSignature("the certificate of SNS is not, or no longer, valid")
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise BadSignature("the certificate of SNS has a key of another kind than RSA")
    try:
        key.verify(base64.b64decode(message.signature, validate=True), message.to_sign, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        raise BadSignature("the signature does not fit the certificate of SNS") from None


def confirmation_of(message: SnsMessage) -> str | None:
    """The address that confirms a subscription; None where the message asks for none, or for something else.

    Args:
        message: Believed.
    """
    if message.type != "SubscriptionConfirmation" or message.subscribe_url is None:
        return None
    try:
        parts = urlsplit(message.subscribe_url)
        asked = parse_qs(parts.query, strict_parsing=True)
    except ValueError:
        return None
    ours = (parts.scheme, parts.netloc, parts.path) == ("https", message.host, "/")
    wanted = asked.get("Action") == ["ConfirmSubscription"] and asked.get("TopicArn") == [message.topic]
    return message.subscribe_url if ours and wanted else None


def _instant(said: str) -> datetime:
    try:
        return to_instant(said)
    except ValueError as error:
        raise BadSignature(f"Timestamp {error}") from None
