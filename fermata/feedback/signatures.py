"""Proves that a provider's webhook comes from the provider: in the ways of SendGrid and of Twilio."""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha1
from urllib.parse import urlsplit, urlunsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pydantic import SecretStr

from fermata.errors import BadSignature
from fermata.events.webhooks import TOLERANCE, Delivery

_PORTS = {"https": 443, "http": 80}


def verify_sendgrid(delivery: Delivery, keys: Sequence[SecretStr]) -> None:
    """Believes a webhook that one of SendGrid's keys has signed within ``TOLERANCE``.

    https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features

    Args:
        delivery: What came in.
        keys: Verification keys, as SendGrid shows them: base64.

    Raises:
        BadSignature: It is not to be believed.
    """
    said = _wanted(delivery, "x-twilio-email-event-webhook-timestamp")
    offered = _wanted(delivery, "x-twilio-email-event-webhook-signature")
    if not (said.isascii() and said.isdecimal() and len(said) <= 12):
        raise BadSignature("the time of the signature is no number of seconds since 1970")
    at = datetime.fromtimestamp(int(said), UTC)
    if abs(delivery.received_at - at) > TOLERANCE:
        raise BadSignature(f"signed at {at.isoformat()}, which is more than {TOLERANCE} from our clock")
    try:
        signature = base64.b64decode(offered, validate=True)
    except (binascii.Error, ValueError):
        raise BadSignature("the signature is not base64") from None
    if not any(_fits(read_key(key), signature, said.encode() + delivery.body) for key in keys):
        raise BadSignature("the signature does not fit any key of this source")


def read_key(key: SecretStr) -> EllipticCurvePublicKey:
    """Reads a verification key.

    Args:
        key: Base64 of its DER form; the error does not repeat it.

    Raises:
        ValueError: It is none.
    """
    try:
        read = load_der_public_key(base64.b64decode(key.get_secret_value(), validate=True))
    except (binascii.Error, ValueError):
        raise ValueError("is no verification key of SendGrid's, which is base64") from None
    if not isinstance(read, EllipticCurvePublicKey):
        raise ValueError("is a key of another kind than SendGrid's")  # noqa: TRY004 - bad data, no bug
    return read


def verify_twilio(delivery: Delivery, url: str, form: Mapping[str, str], tokens: Sequence[SecretStr]) -> None:
    """Believes a webhook that Twilio signed with the account's token.

    https://www.twilio.com/docs/usage/security#validating-requests. The signature has no time: what is sent again is
    known by the message's id, and has no effect.

    Args:
        delivery: What came in.
        url: The whole address that Twilio was given, with its query.
        form: The fields of the body.
        tokens: Auth tokens that are in force.

    Raises:
        BadSignature: It is not to be believed.
    """
    offered = _wanted(delivery, "x-twilio-signature").encode()
    fields = "".join(name + form[name] for name in sorted(form))
    fits = [
        hmac.compare_digest(_twilio(token, address + fields), offered)
        for token in tokens
        for address in _spellings(url)
    ]
    if not any(fits):
        raise BadSignature(
            "the signature does not fit any token of this source; is FERMATA_PUBLIC_URL what Twilio calls?"
        )


def _fits(key: EllipticCurvePublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _twilio(token: SecretStr, signed: str) -> bytes:
    # Twilio's choice of hash; as a keyed one, SHA-1 is not broken (RFC 6151).
    return base64.b64encode(hmac.new(token.get_secret_value().encode(), signed.encode(), sha1).digest())


def _spellings(url: str) -> tuple[str, str]:
    """With the port and without: Twilio signs either, by the product that calls."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 443)
    host = f"[{host}]" if ":" in host else host
    return (
        urlunsplit(parts._replace(netloc=f"{host}:{port}")),
        urlunsplit(parts._replace(netloc=host)),
    )


def _wanted(delivery: Delivery, header: str) -> str:
    value = delivery.header(header)
    if value is None:
        raise BadSignature(f"there is no header {header.title()}")
    return value
