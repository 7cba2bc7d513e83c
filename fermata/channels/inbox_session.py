"""A person's own way to their inbox: a short-lived token for their browser or app, which opens nothing else."""

from datetime import datetime, timedelta
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, SecretStr, ValidationError

from fermata.signed_token import read_signed, sign

LIFETIME = timedelta(hours=1)
"""How long a token is good: a page that stays open longer asks its own server for another."""

_PREFIX = "fi_"
_KIND = "InboxSession"


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
        return f"{_PREFIX}{sign(self._secret, _KIND, session.model_dump_json().encode())}"

    def read(self, token: str, now: datetime) -> InboxSession | None:
        """Reads a token; None where it is none of ours, or was good until before now.

        Args:
            token: As it was sent.
            now: The instant, aware.
        """
        if self._secret is None or not token.startswith(_PREFIX):
            return None
        payload = read_signed(self._secret, _KIND, token.removeprefix(_PREFIX))
        if payload is None:
            return None
        try:
            session = InboxSession.model_validate_json(payload)
        except ValidationError:
            return None
        return session if now < session.expires_at else None


NO_SESSIONS = InboxSessions(None)
"""Of a deployment without a secret."""
