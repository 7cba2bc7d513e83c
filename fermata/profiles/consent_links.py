"""Links in messages by which a person says no, or yes: signed, so that nobody can speak for somebody else."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, SecretStr, ValidationError

from fermata.errors import NotFound
from fermata.signed_token import read_signed, sign
from fermata.vocabulary import Channel, ConsentPurpose


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
        return sign(self._secret, type(link).__name__, link.model_dump_json(exclude_none=True).encode())

    def _read(self, kind: type[_Kind], token: str) -> _Kind:
        payload = read_signed(self._secret, kind.__name__, token)
        if payload is not None:
            try:
                return kind.model_validate_json(payload)
            except ValidationError:
                pass
        raise NotFound(
            "this link is not one of ours, or a part of it is missing; take the whole of it from the message"
        )


NO_LINKS = ConsentLinks(None, "")
"""Of a deployment without a secret."""
