"""The parts that a message is written in, by channel: one file each, ``{message}/{part}.liquid``."""

from collections.abc import Mapping
from dataclasses import dataclass

from fermata.channels.html_text import text_of
from fermata.channels.mail_html import inline_styles
from fermata.channels.port import (
    AudienceContent,
    BadgeContent,
    CardContent,
    Content,
    EmailContent,
    HandOffContent,
    PushContent,
    SmsContent,
)
from fermata.vocabulary import Channel

_WITHOUT_WORDS = frozenset({"url", "to", "priority", "audience"})


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
    def channel(self) -> str:
        """What stands before the point: all parts of one channel are written in the same language."""
        return self.name.partition(".")[0]

    @property
    def speaks(self) -> bool:
        """Whether there are words in it; what has none is the same in every language."""
        return self.field not in _WITHOUT_WORDS

    @property
    def field(self) -> str:
        """The field of the content that it fills."""
        return self.name.rpartition(".")[2]


MJML = "email.mjml"
"""Another way to write ``email.html``."""

_EMAIL = (Part("email.subject", one_line=True), Part("email.html", html=True), Part("email.text", required=False))
_SMS = (Part("sms.text"),)
_PUSH = (
    Part("push.title", one_line=True),
    Part("push.body", one_line=True),
    Part("push.url", required=False, one_line=True),
)
_CARD = (Part("card.title", one_line=True), Part("card.body"), Part("card.url", required=False, one_line=True))

_HAND_OFF = (
    Part("hand_off.to", one_line=True),
    Part("hand_off.title", one_line=True),
    Part("hand_off.body"),
    Part("hand_off.priority", required=False, one_line=True),
)

PARTS: dict[Channel, tuple[Part, ...]] = {
    Channel.EMAIL: _EMAIL,
    Channel.SMS: _SMS,
    Channel.PUSH: _PUSH,
    Channel.IN_APP: _CARD,
    Channel.INBOX: _CARD,
    Channel.BADGE: (),
    Channel.ADS: (Part("ads.audience", one_line=True),),
    Channel.HAND_OFF: _HAND_OFF,
}
"""What each channel needs."""

BY_NAME: dict[str, Part] = {part.name: part for parts in PARTS.values() for part in parts}
BY_NAME[MJML] = BY_NAME["email.html"]


def fill(channel: Channel, words: Mapping[str, str]) -> Content:
    """Puts rendered words into the channel's content.

    Args:
        channel: One that ``PARTS`` names.
        words: By the field of each of its parts; "" where an optional one is missing. A mail without a text has that
            of its HTML.
    """
    match channel:
        case Channel.EMAIL:
            html = inline_styles(words["html"])
            return EmailContent(words["subject"], html, words["text"] or text_of(html))
        case Channel.SMS:
            return SmsContent(words["text"])
        case Channel.PUSH:
            return PushContent(words["title"], words["body"], words["url"] or None)
        case Channel.BADGE:
            return BadgeContent()
        case Channel.ADS:
            return AudienceContent(words["audience"])
        case Channel.HAND_OFF:
            return HandOffContent(words["to"], words["title"], words["body"], words["priority"] or None)
        case _:
            return CardContent(words["title"], words["body"], words["url"] or None)
