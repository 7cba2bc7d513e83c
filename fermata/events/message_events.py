"""The events that tell what became of a message, by channel: what journeys wait for, and what is no visit."""

from collections.abc import Mapping

from fermata.vocabulary import Channel, FeedbackKind

UNSUBSCRIBED = "Unsubscribed"
"""Somebody wants no more of a channel; the property ``channel`` says of which."""

EMAIL_PREFETCHED = "Email Prefetched"
"""A mail program loaded the pictures by itself, as Apple's does: whether anybody looked, nobody knows."""

SMS_RECEIVED = "SMS Received"
"""Somebody wrote to us by text message."""

_KINDS = FeedbackKind
NAMES: Mapping[Channel, Mapping[FeedbackKind, str]] = {
    # https://segment.com/docs/connections/spec/email/
    Channel.EMAIL: {
        _KINDS.DELIVERED: "Email Delivered",
        _KINDS.BOUNCED: "Email Bounced",
        _KINDS.COMPLAINED: "Email Marked as Spam",
        _KINDS.OPENED: "Email Opened",
        _KINDS.CLICKED: "Email Link Clicked",
        _KINDS.UNSUBSCRIBED: UNSUBSCRIBED,
        _KINDS.REPLIED: "Email Replied",  # not in the spec
    },
    # No spec has these; the names follow those of email.
    Channel.SMS: {
        _KINDS.DELIVERED: "SMS Delivered",
        _KINDS.BOUNCED: "SMS Bounced",
        _KINDS.COMPLAINED: "SMS Marked as Spam",
        _KINDS.CLICKED: "SMS Link Clicked",
        _KINDS.UNSUBSCRIBED: UNSUBSCRIBED,
        _KINDS.REPLIED: SMS_RECEIVED,
    },
    # https://segment.com/docs/connections/spec/mobile/
    Channel.PUSH: {
        _KINDS.DELIVERED: "Push Notification Received",
        _KINDS.BOUNCED: "Push Notification Bounced",
        _KINDS.OPENED: "Push Notification Tapped",
        _KINDS.CLICKED: "Push Notification Tapped",
        _KINDS.UNSUBSCRIBED: UNSUBSCRIBED,
    },
    Channel.IN_APP: {_KINDS.CLICKED: "In-App Message Clicked"},
    Channel.INBOX: {_KINDS.CLICKED: "In-App Message Clicked"},
    Channel.ADS: {_KINDS.CLICKED: "Ad Clicked"},
}
"""The event of each kind of feedback; what has none is on record, and no journey hears of it."""

_AWAY = (Channel.EMAIL, Channel.SMS, Channel.PUSH)
NO_VISIT = frozenset({EMAIL_PREFETCHED, *(name for channel in _AWAY for name in NAMES[channel].values())})
"""Events in which nobody is on our pages: they neither begin a visit nor continue one."""


def message_event(channel: Channel, kind: FeedbackKind, *, machine: bool = False) -> str | None:
    """The name of the event that tells it, or None where journeys do not hear of it.

    Args:
        channel: By which the message went.
        kind: What became of it.
        machine: A program did it, and not a person.
    """
    if machine:
        return EMAIL_PREFETCHED if kind is FeedbackKind.OPENED and channel is Channel.EMAIL else None
    return NAMES.get(channel, {}).get(kind)
