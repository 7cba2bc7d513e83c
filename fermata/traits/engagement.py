"""Engagement: when somebody last reacted to a message of each channel, and when one last went out to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from fermata.vocabulary import Channel

ENGAGING = {
    # https://segment.com/docs/connections/spec/email/ and https://segment.com/docs/connections/spec/mobile/
    "Email Opened": Channel.EMAIL,
    "Email Link Clicked": Channel.EMAIL,
    "Push Notification Tapped": Channel.PUSH,
    # No spec has these; the names follow the two above.
    "Email Replied": Channel.EMAIL,
    "SMS Link Clicked": Channel.SMS,
    "SMS Received": Channel.SMS,
    "In-App Message Clicked": Channel.IN_APP,
    "Ad Clicked": Channel.ADS,
}
"""The events in which somebody reacts to a message, and the channel that it came by."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """The latest of one kind of reaction.

    Args:
        channel: Of the message.
        how: The event's name; "read" for an item of the inbox.
        last_at: When (aware).
        recent: How many there were in the last 30 days.
    """

    channel: Channel
    how: str
    last_at: datetime
    recent: int = 0


class ChannelEngagement(BaseModel):
    """One channel.

    Args:
        channel: Which.
        engaged_at: When they last reacted to a message of it (aware); None for never.
        how: By what: the event's name.
        sent_at: When a message last went out by it; None for never.
    """

    model_config = ConfigDict(frozen=True)

    channel: Channel
    engaged_at: datetime | None = None
    how: str | None = None
    sent_at: datetime | None = None


def engagement(
    reactions: Iterable[Reaction], sent: Iterable[tuple[Channel, datetime]]
) -> tuple[ChannelEngagement, ...]:
    """Returns the channels on which there is anything to tell, in the order of their names.

    Args:
        reactions: In any order.
        sent: Channel and the instant of its last message.
    """
    last_sent = dict(sent)
    latest: dict[Channel, Reaction] = {}
    for each in sorted(reactions, key=lambda reaction: (reaction.last_at, reaction.how)):
        latest[each.channel] = each
    return tuple(
        ChannelEngagement(
            channel=channel,
            engaged_at=latest[channel].last_at if channel in latest else None,
            how=latest[channel].how if channel in latest else None,
            sent_at=last_sent.get(channel),
        )
        for channel in sorted(latest.keys() | last_sent.keys())
    )
