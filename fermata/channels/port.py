"""The port that every channel sends through: an envelope goes in, one of three answers comes out.

A provider never raises for what the other side answers. It says ``Accepted`` (it took the message), ``Rejected`` (it
never will: try the next channel) or ``Busy`` (not now: try again). ``Busy.certain`` says whether a second try can
double the message, and ``Capabilities.unknown`` what to do when it can.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol, TypeAlias
from uuid import UUID

from fermata.errors import DefinitionError
from fermata.vocabulary import Channel, FeedbackKind, Reason


@dataclass(frozen=True, slots=True)
class EmailContent:
    """What an email says.

    Args:
        subject: One line of plain text.
        html: The whole HTML document.
        text: The same in plain text, for those who read it so.
    """

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class SmsContent:
    """What a text message says, in plain text."""

    text: str


@dataclass(frozen=True, slots=True)
class PushContent:
    """What a push notification says.

    Args:
        title: One line of plain text.
        body: Plain text.
        url: Where a tap leads; None opens the app.
    """

    title: str
    body: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class CardContent:
    """What a card says, in the app or in the inbox.

    Args:
        title: One line of plain text.
        body: Plain text.
        url: Where a tap leads; None leads nowhere.
    """

    title: str
    body: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class BadgeContent:
    """A badge has no words: it only makes the number on the app go up."""


@dataclass(frozen=True, slots=True)
class AudienceContent:
    """The audience that somebody is to be in, by the deployment's own name: the ads themselves are the platform's."""

    audience: str


@dataclass(frozen=True, slots=True)
class HandOffContent:
    """A task for a colleague.

    Args:
        to: The desk that gets it, by the deployment's own name.
        title: One line of plain text.
        body: Plain text.
        priority: In the desk's own word; None for the desk's usual one.
    """

    to: str
    title: str
    body: str
    priority: str | None = None


Content: TypeAlias = (
    EmailContent | SmsContent | PushContent | CardContent | BadgeContent | AudienceContent | HandOffContent
)

CONTENT_OF: dict[Channel, type[Content]] = {
    Channel.EMAIL: EmailContent,
    Channel.SMS: SmsContent,
    Channel.PUSH: PushContent,
    Channel.IN_APP: CardContent,
    Channel.INBOX: CardContent,
    Channel.BADGE: BadgeContent,
    Channel.ADS: AudienceContent,
    Channel.HAND_OFF: HandOffContent,
}
"""Which content a channel carries."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message for one person on one channel, ready to go.

    Args:
        idempotency_key: The ledger's dedupe key. The same attempt carries the same key, however often it is tried.
        channel: The channel it goes out on.
        address: The email address, phone number (E.164) or push token; None on channels that need none.
        content: The rendered words, of the kind that the channel carries.
        profile_id: Whom it is for.
        message_key: The message's key, for example ``cart_reminder``.
        decision_id: The decision to send; a card has it as its id.
        expires_at: No use to the person from this instant on (aware); None for never.
        sent_at: The instant of this attempt (aware), by the clock that the decision was made on.
        unsubscribe_url: Where the person withdraws; None for what they cannot withdraw from.

    Raises:
        DefinitionError: The content is not of the channel's kind, or an instant is naive.
    """

    idempotency_key: str
    channel: Channel
    address: str | None
    content: Content
    profile_id: UUID
    message_key: str
    decision_id: UUID
    expires_at: datetime | None = None
    sent_at: datetime = field(default_factory=_now)
    unsubscribe_url: str | None = None

    def __post_init__(self) -> None:
        wanted = CONTENT_OF.get(self.channel)
        if wanted is None or not isinstance(self.content, wanted):
            name = wanted.__name__ if wanted else "no content yet"
            raise DefinitionError(
                f"message {self.message_key!r}: {type(self.content).__name__} cannot go out on {self.channel.value}, "
                f"which carries {name}"
            )
        for name, instant in (("expires_at", self.expires_at), ("sent_at", self.sent_at)):
            if instant is not None and instant.tzinfo is None:
                raise DefinitionError(
                    f"message {self.message_key!r}: {name}={instant.isoformat()} has no time zone; give an aware one"
                )


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the message.

    Args:
        provider_message_id: The provider's name for it; its later feedback refers to it.
    """

    provider_message_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider will not take this message, now or later.

    Args:
        reason: The reason code that the decision record gets.
        detail: The provider's words, without the address.
        permanent: True: no provider would take it. False: this one does not serve us (a login that it refuses, an
            account that is empty), so another provider of the channel is asked first.
    """

    reason: Reason
    detail: str
    permanent: bool = True


@dataclass(frozen=True, slots=True)
class Busy:
    """The provider did not take the message this time, or did not tell.

    Args:
        retry_after: How long it asks to be left alone; None where it did not say.
        detail: What happened, without the address.
        certain: True when it surely did not take the message (it said so, or was never reached). False when the
            answer was lost: the message may be out.
        outage: True when the provider fails, and steady failures take it out for a while. False when it is well, and
            only this is too much at once (429) or this one person's mailbox is full.
    """

    retry_after: timedelta | None
    detail: str
    certain: bool
    outage: bool = True


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can be relied on for.

    Args:
        honours_idempotency_key: The same key twice delivers once.
        unknown: What to do when the answer was lost: ``resend`` with the same key, or ``assume_sent``.
        feedback: What it tells of a message afterwards.
        rate: Messages a second that it takes from us; None where its documentation names no limit. A deployment's own
            ``rate`` goes before it.

    Raises:
        DefinitionError: The rate is not above zero.
    """

    honours_idempotency_key: bool
    unknown: Literal["resend", "assume_sent"]
    feedback: frozenset[FeedbackKind] = frozenset()
    rate: float | None = None

    def __post_init__(self) -> None:
        if self.rate is not None and not self.rate > 0:
            raise DefinitionError(f"a provider declares rate={self.rate}; give messages a second, above 0, or None")


class Provider(Protocol):
    """Carries envelopes of one channel to the world."""

    @property
    def name(self) -> str:
        """What operators call it, for example ``smtp:mail.example.com``."""
        ...

    @property
    def channel(self) -> Channel:
        """The channel whose envelopes it takes."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it can be relied on for."""
        ...

    async def send(self, envelope: Envelope) -> Accepted | Rejected | Busy:
        """Hands one envelope over.

        Raises:
            DefinitionError: The envelope is for another channel: a mistake in the calling code.
        """
        ...

    async def aclose(self) -> None:
        """Gives its connections back."""
        ...


def without_address(text: str, address: str) -> str:
    """The provider's words with the address taken out, in one line of at most 300 characters.

    Details travel into decision records and workflow histories, where no address may stand.
    """
    words = " ".join(text.split())
    return words.replace(address, "<address>")[:300] if address else words[:300]
