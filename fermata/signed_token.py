"""Tokens that we give away and know again: readable by anybody, made by nobody else."""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

from pydantic import SecretStr

from fermata.errors import ConfigurationError

_UNSET = (
    "FERMATA_SECRET_KEY is not set, so links in messages can be neither signed nor read: set it to the same value for "
    "API and worker; `python -c 'import secrets; print(secrets.token_urlsafe(32))'` makes one"
)


def sign(secret: SecretStr | None, kind: str, payload: bytes) -> str:
    """Writes a token.

    Args:
        secret: ``FERMATA_SECRET_KEY``.
        kind: What the token is for. It is signed too: one that is for one thing can never be used for another.
        payload: What it says.

    Raises:
        ConfigurationError: There is no secret.
    """
    return f"{_text(payload)}.{_text(signature(secret, kind, payload))}"


def read_signed(secret: SecretStr | None, kind: str, token: str) -> bytes | None:
    """Reads a token. One that differs in a single character from what was given away is none.

    Args:
        secret: The one that it was signed with.
        kind: What it must be for.
        token: What came back.

    Returns:
        What it says; None where it is not ours.

    Raises:
        ConfigurationError: There is no secret.
    """
    written, _, signed = token.partition(".")
    try:
        payload, offered = _bytes(written), _bytes(signed)
    except (binascii.Error, UnicodeEncodeError):
        return None
    if not hmac.compare_digest(offered, signature(secret, kind, payload)):
        return None
    # Base64 can be written in several ways that mean the same.
    return payload if token == f"{_text(payload)}.{_text(offered)}" else None


def signature(secret: SecretStr | None, kind: str, payload: bytes) -> bytes:
    """The signature of a token, 32 bytes.

    Args:
        secret: ``FERMATA_SECRET_KEY``.
        kind: What the token is for.
        payload: What it says.

    Raises:
        ConfigurationError: There is no secret.
    """
    if secret is None:
        raise ConfigurationError(_UNSET)
    return hmac.digest(secret.get_secret_value().encode(), kind.encode() + b"." + payload, sha256)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
