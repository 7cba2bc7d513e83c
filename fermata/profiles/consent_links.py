"""Links in messages by which a person says no, or yes: signed, so that nobody can speak for somebody else."""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from hashlib import sha256
from typing import TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, SecretStr, ValidationError

from fermata.errors import ConfigurationError, NotFound
from fermata.vocabulary import Channel, ConsentPurpose

_UNSET = (
    "FERMATA_SECRET_KEY is not set, so links in messages can be neither signed nor read: set it to the same value for "
    "API and worker; `python -c 'import secrets; print(secrets.token_urlsafe(32))'` makes one"
)


class _Link(BaseModel):
    model_config = ConfigDict(frozen=True)

    profile_id: UUID
    channel: Channel
    purpose: ConsentPurpose
    topic: str | None = None
    decision_id: UUID | None = None


class UnsubscribeLink(_Link):
    """Leads to where a person withdraws consent. It is good for ever: a right has no end date.

    Args:
        profile_id: The person.
        channel, purpose: What is withdrawn at once.
        topic: Of the message, where it had one: the person may withdraw only that.
        decision_id: The message's, for evidence.
    """


class ConfirmLink(_Link):
    """Leads to where a person confirms what was asked for in their name.

    Args:
        profile_id: The person.
        channel, purpose: What is granted.
        topic: What they will hear of.
        decision_id: The message's, for evidence.
        expires_at: It is good until then.
    """

    expires_at: AwareDatetime


class ExpiredLink(NotFound):
    """A link that was good once. Ask again for a new one."""


_Kind = TypeVar("_Kind", bound=_Link)


class ConsentLinks:
    """Writes and reads such links.

    Args:
        secret: ``FERMATA_SECRET_KEY``; without it every use is refused.
        public_url: Where people's browsers and mail providers reach the API.
    """

    def __init__(self, secret: SecretStr | None, public_url: str) -> None:
        self._secret = secret
        self._public_url = public_url.rstrip("/")

    @property
    def usable(self) -> bool:
        """Whether there is a secret to sign with."""
        return self._secret is not None

    def unsubscribe_url(self, link: UnsubscribeLink) -> str:
        """The link's address.

        Raises:
            ConfigurationError: There is no secret.
        """
        return f"{self._public_url}/unsubscribe/{self._sign(link)}"

    def confirm_url(self, link: ConfirmLink) -> str:
        """The link's address.

        Raises:
            ConfigurationError: There is no secret.
        """
        return f"{self._public_url}/confirm/{self._sign(link)}"

    def read_unsubscribe(self, token: str) -> UnsubscribeLink:
        """Reads the last part of a link's address.

        Raises:
            NotFound: It is none of ours, or was cut off.
            ConfigurationError: There is no secret.
        """
        return self._read(UnsubscribeLink, token)

    def read_confirm(self, token: str, now: datetime) -> ConfirmLink:
        """Reads the last part of a link's address.

        Args:
            token: It.
            now: The instant, aware.

        Raises:
            ExpiredLink: It was good until before now.
            NotFound: It is none of ours, or was cut off.
            ConfigurationError: There is no secret.
        """
        link = self._read(ConfirmLink, token)
        if now >= link.expires_at:
            raise ExpiredLink(f"this link was good until {link.expires_at:%d %B %Y}; ask for a new one")
        return link

    def _sign(self, link: _Link) -> str:
        payload = link.model_dump_json(exclude_none=True).encode()
        return f"{_text(payload)}.{_text(self._signature(type(link), payload))}"

    def _read(self, kind: type[_Kind], token: str) -> _Kind:
        written, _, signed = token.partition(".")
        try:
            payload, signature = _bytes(written), _bytes(signed)
            if hmac.compare_digest(signature, self._signature(kind, payload)):
                return kind.model_validate_json(payload)
        except (binascii.Error, UnicodeEncodeError, ValidationError):
            pass
        raise NotFound(
            "this link is not one of ours, or a part of it is missing; take the whole of it from the message"
        )

    def _signature(self, kind: type[_Link], payload: bytes) -> bytes:
        if self._secret is None:
            raise ConfigurationError(_UNSET)
        # The kind is signed too: a link that withdraws can never be used as one that grants.
        return hmac.digest(self._secret.get_secret_value().encode(), kind.__name__.encode() + b"." + payload, sha256)


NO_LINKS = ConsentLinks(None, "")
"""Of a deployment without a secret."""


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
