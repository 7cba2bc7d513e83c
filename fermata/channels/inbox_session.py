"""A person's own way to their inbox: a short-lived token for their browser or app, which opens nothing else."""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, SecretStr, ValidationError

from fermata.errors import ConfigurationError

LIFETIME = timedelta(hours=1)
"""How long a token is good: a page that stays open longer asks its own server for another."""

_PREFIX = "fi_"
_KIND = b"InboxSession."
"""Signed too, so that no other signed text of ours can pass for one."""


class InboxSession(BaseModel):
    """What a token allows.

    Args:
        profile_id: Whose inbox may be read and answered.
        expires_at: It is good until then.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile_id: UUID
    expires_at: AwareDatetime


class InboxSessions:
    """Writes and reads tokens.

    Args:
        secret: ``FERMATA_SECRET_KEY``; without it there are no tokens.
    """

    def __init__(self, secret: SecretStr | None) -> None:
        self._secret = secret

    def token(self, session: InboxSession) -> str:
        """Signs a session.

        Raises:
            ConfigurationError: There is no secret.
        """
        payload = session.model_dump_json().encode()
        return f"{_PREFIX}{_text(payload)}.{_text(self._signature(payload))}"

    def read(self, token: str, now: datetime) -> InboxSession | None:
        """Reads a token; None where it is none of ours, or was good until before now.

        Args:
            token: As it was sent.
            now: The instant, aware.
        """
        if self._secret is None or not token.startswith(_PREFIX):
            return None
        written, _, signed = token.removeprefix(_PREFIX).partition(".")
        try:
            payload, signature = _bytes(written), _bytes(signed)
            if not hmac.compare_digest(signature, self._signature(payload)):
                return None
            session = InboxSession.model_validate_json(payload)
        except (binascii.Error, UnicodeEncodeError, ValidationError):
            return None
        return session if now < session.expires_at else None

    def _signature(self, payload: bytes) -> bytes:
        if self._secret is None:
            raise ConfigurationError(
                "FERMATA_SECRET_KEY is not set, so nobody can be let into their inbox: set it for the API"
            )
        return hmac.digest(self._secret.get_secret_value().encode(), _KIND + payload, sha256)


NO_SESSIONS = InboxSessions(None)
"""Of a deployment without a secret."""


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
