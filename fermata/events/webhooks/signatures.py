"""Proves that a webhook comes from whom it says: by HMAC-SHA256, in the four ways in which senders write it."""

import base64
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal

from pydantic import SecretStr
from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from fermata.errors import BadSignature
from fermata.events.instant import to_instant
from fermata.events.webhooks.delivery import Delivery

Scheme = Literal["shopify", "stripe", "zendesk", "standard"]
"""How a sender signs."""

TOLERANCE = timedelta(minutes=5)
"""How far the time in a signature may lie from ours, before or after: what is older may be a copy sent again."""

_SECONDS = re.compile(r"[0-9]{1,12}")
_MOST_OFFERED = 16  # signatures in one header; senders write one for each secret that is in force


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a webhook offers as its proof.

    Args:
        offered: Signatures; one that fits is enough.
        expected: The signature that fits, by the secret.
        at: When it was signed; None where the scheme does not say.
    """

    offered: Sequence[str]
    expected: Callable[[str], str]
    at: datetime | None = None


def verify(scheme: Scheme, delivery: Delivery, secrets: Sequence[SecretStr]) -> None:
    """Believes a webhook whose signature fits one of the secrets and is no older than ``TOLERANCE``.

    Args:
        scheme: How its sender signs.
        delivery: What came in.
        secrets: In force now: several while one takes the place of another.

    Raises:
        BadSignature: It is not to be believed.
    """
    claim = _CLAIMS[scheme](delivery)
    if claim.at is not None and abs(delivery.received_at - claim.at) > TOLERANCE:
        raise BadSignature(f"signed at {claim.at.isoformat()}, which is more than {TOLERANCE} from our clock")
    # Every pair is compared, each in constant time: how long it takes tells nothing of what would fit.
    fits = [
        hmac.compare_digest(claim.expected(secret.get_secret_value()).encode(), offered.encode())
        for secret in secrets
        for offered in claim.offered[:_MOST_OFFERED]
    ]
    if not any(fits):
        raise BadSignature("the signature does not fit any secret of this source")


def check_secret(scheme: Scheme, secret: SecretStr) -> None:
    """Looks whether a secret can be one.

    Args:
        scheme: How its sender signs.
        secret: To be looked at; the error does not repeat it.

    Raises:
        ValueError: It is blank, or not written as the scheme wants it.
    """
    if not secret.get_secret_value().strip():
        raise ValueError("is blank")
    if scheme == "standard":
        try:
            Webhook(secret.get_secret_value())
        except (ValueError, EmptyWebhookSecretError):
            raise ValueError("is no base64, with or without 'whsec_' before it") from None


def _shopify(delivery: Delivery) -> _Claim:
    # https://shopify.dev/docs/apps/build/webhooks/subscribe/https
    return _Claim([_wanted(delivery, "x-shopify-hmac-sha256")], lambda secret: _base64(secret, delivery.body))


def _stripe(delivery: Delivery) -> _Claim:
    # https://docs.stripe.com/webhooks#verify-manually
    parts = [part.split("=", 1) for part in _wanted(delivery, "stripe-signature").split(",")]
    pairs = [(part[0], part[1]) for part in parts if len(part) == 2]
    times = [value for name, value in pairs if name == "t"]
    if len(times) != 1:
        raise BadSignature("Stripe-Signature must say one time t=")
    signed = times[0].encode() + b"." + delivery.body
    offered = [value for name, value in pairs if name == "v1"]
    return _Claim(offered, lambda secret: _digest(secret, signed).hex(), _from_seconds(times[0]))


def _zendesk(delivery: Delivery) -> _Claim:
    # https://developer.zendesk.com/documentation/webhooks/verifying/
    said = _wanted(delivery, "x-zendesk-webhook-signature-timestamp")
    signed = said.encode() + delivery.body
    try:
        at = to_instant(said)
    except ValueError as error:
        raise BadSignature(f"X-Zendesk-Webhook-Signature-Timestamp: {error}") from None
    return _Claim([_wanted(delivery, "x-zendesk-webhook-signature")], lambda secret: _base64(secret, signed), at)


def _standard(delivery: Delivery) -> _Claim:
    # https://www.standardwebhooks.com. The library's own `verify` asks the clock; here the time is given.
    message_id, said = _wanted(delivery, "webhook-id"), _wanted(delivery, "webhook-timestamp")
    offered = [each for each in _wanted(delivery, "webhook-signature").split(" ") if each.startswith("v1,")]
    try:
        body = delivery.body.decode()
    except UnicodeDecodeError:
        raise BadSignature("the body is not UTF-8") from None
    at = _from_seconds(said)
    return _Claim(offered, lambda secret: Webhook(secret).sign(msg_id=message_id, timestamp=at, data=body), at)


_CLAIMS: Mapping[Scheme, Callable[[Delivery], _Claim]] = {
    "shopify": _shopify,
    "stripe": _stripe,
    "zendesk": _zendesk,
    "standard": _standard,
}


def _wanted(delivery: Delivery, header: str) -> str:
    value = delivery.header(header)
    if value is None:
        raise BadSignature(f"there is no header {header.title()}")
    return value


def _from_seconds(said: str) -> datetime:
    if not _SECONDS.fullmatch(said):
        raise BadSignature("the time of the signature is no number of seconds since 1970")
    try:
        return datetime.fromtimestamp(int(said), UTC)
    except (OverflowError, ValueError, OSError):
        raise BadSignature("the time of the signature lies outside the calendar") from None


def _base64(secret: str, signed: bytes) -> str:
    return base64.b64encode(_digest(secret, signed)).decode()


def _digest(secret: str, signed: bytes) -> bytes:
    return hmac.new(secret.encode(), signed, sha256).digest()
