"""Cards: messages kept in Postgres for the person's next look, in the app, in the inbox or as a number on a badge."""

from typing import ClassVar

import asyncpg

from fermata.channels.closing import Closing
from fermata.channels.port import Accepted, BadgeContent, Busy, Capabilities, CardContent, Envelope, Rejected
from fermata.database import AWAY, Pool, Queries
from fermata.errors import ConfigurationError, DefinitionError
from fermata.vocabulary import SUBSTITUTES, Channel, FeedbackKind, Reason

_QUERIES = Queries("fermata.channels")


class CardProvider(Closing):
    """Writes cards of one kind as rows of ``inbox_items``.

    The row's id is the decision's, so the same envelope twice leaves one row: an unknown outcome is simply tried again.

    Args:
        channel: ``in_app``, ``inbox`` or ``badge``.
        pool: Where the rows go. It belongs to the caller and stays open.

    Raises:
        ConfigurationError: The channel has no cards.
    """

    capabilities: ClassVar[Capabilities] = Capabilities(
        honours_idempotency_key=True,
        unknown="resend",
        feedback=frozenset({FeedbackKind.DELIVERED, FeedbackKind.OPENED, FeedbackKind.CLICKED}),
    )

    def __init__(self, channel: Channel, pool: Pool) -> None:
        if channel not in SUBSTITUTES:
            raise ConfigurationError(f"{channel.value} has no cards; use one of {', '.join(sorted(SUBSTITUTES))}")
        self.channel: Channel = channel
        self.name: str = f"postgres:{channel.value}"
        self._pool = pool

    async def aclose(self) -> None:
        """Does nothing: the pool is the caller's."""

    async def send(self, envelope: Envelope) -> Accepted | Rejected | Busy:
        """Puts the card where the person will find it; ``Accepted`` carries its id.

        Raises:
            DefinitionError: The envelope is for another channel.
        """
        if envelope.channel is not self.channel:
            raise DefinitionError(f"{self.name} keeps {self.channel.value}, not {envelope.channel.value}")
        card = _card(envelope)
        if "\0" in f"{card.title}{card.body}{card.url}":
            return Rejected(Reason.RENDER_FAILED, "the card holds a NUL character, which Postgres cannot keep")
        try:
            await self._pool.execute(
                _QUERIES["insert_card"],
                envelope.decision_id,
                envelope.profile_id,
                self.channel.value,
                envelope.message_key,
                card.title,
                card.body,
                card.url,
                envelope.sent_at,
                envelope.expires_at,
            )
        except asyncpg.ForeignKeyViolationError:
            return Rejected(Reason.PROFILE_ERASED, f"there is no profile {envelope.profile_id} any more")
        except AWAY as error:
            return Busy(None, f"Postgres does not answer: {error}", certain=False)
        return Accepted(str(envelope.decision_id))


def _card(envelope: Envelope) -> CardContent:
    match envelope.content:
        case CardContent():
            return envelope.content
        case BadgeContent():
            return CardContent(title="", body="")
        case _:
            raise DefinitionError(f"{type(envelope.content).__name__} is no card")
