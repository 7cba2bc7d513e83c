"""The parts that a message is written in, by channel: one file each, ``{message}/{part}.liquid``."""

from collections.abc import Mapping
from dataclasses import dataclass

from fermata.channels.port import BadgeContent, CardContent, Content, EmailContent, PushContent, SmsContent
from fermata.vocabulary import Channel


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a message.

    Args:
        name: The file's name without ``.liquid``.
        required: The message cannot go out without it.
        one_line: Line breaks become spaces.
        html: Values are escaped for HTML.
    """

    name: str
    required: bool = True
    one_line: bool = False
    html: bool = False

    @property
    def field(self) -> str:
        """The field of the content that it fills."""
        return self.name.rpartition(".")[2]


_EMAIL = (Part("email.subject", one_line=True), Part("email.html", html=True), Part("email.text"))
_SMS = (Part("sms.text"),)
_PUSH = (
    Part("push.title", one_line=True),
    Part("push.body", one_line=True),
    Part("push.url", required=False, one_line=True),
)
_CARD = (Part("card.title", one_line=True), Part("card.body"), Part("card.url", required=False, one_line=True))

PARTS: dict[Channel, tuple[Part, ...]] = {
    Channel.EMAIL: _EMAIL,
    Channel.SMS: _SMS,
    Channel.PUSH: _PUSH,
    Channel.IN_APP: _CARD,
    Channel.INBOX: _CARD,
    Channel.BADGE: (),
}
"""What each channel needs. A channel that is not named here has no words yet."""

BY_NAME: dict[str, Part] = {part.name: part for parts in PARTS.values() for part in parts}


def fill(channel: Channel, words: Mapping[str, str]) -> Content:
    """Puts rendered words into the channel's content.

    Args:
        channel: One that ``PARTS`` names.
        words: By the field of each of its parts; "" where an optional one is missing.
    """
    match channel:
        case Channel.EMAIL:
            return EmailContent(words["subject"], words["html"], words["text"])
        case Channel.SMS:
            return SmsContent(words["text"])
        case Channel.PUSH:
            return PushContent(words["title"], words["body"], words["url"] or None)
        case Channel.BADGE:
            return BadgeContent()
        case _:
            return CardContent(words["title"], words["body"], words["url"] or None)
