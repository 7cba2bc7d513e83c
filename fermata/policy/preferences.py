"""What a person prefers of a message as a whole: which topics they hear of, and by which channel first.

Both concern marketing only. A transactional message is what a person is owed: it comes whatever its topic, and by the
channel that its author holds right for it.
"""

from fermata.policy.decision import TraceEntry
from fermata.policy.facts import Facts
from fermata.policy.verdict import Opening
from fermata.vocabulary import Channel, Purpose, Reason


def refused_topic(facts: Facts) -> TraceEntry | None:
    """Returns the trace of the message's refusal, where the person has opted out of its topic; else None."""
    topic = facts.message.topic
    if facts.message.purpose is Purpose.TRANSACTIONAL or topic is None or facts.profile.topics.get(topic, True):
        return None
    note = f"opted out of {topic}"
    at = facts.at.isoformat()
    return TraceEntry(None, "topic", Opening.NEVER, at, reason=Reason.CONSENT_REVOKED, note=note)


def channels_in_order(facts: Facts) -> tuple[Channel, ...]:
    """Returns the message's channels as they are to be tried: those that the person prefers first, in their order.

    The others follow in the author's order, and so do all where the message keeps its order or is transactional. No
    channel is added and none is left out.
    """
    message, preferred = facts.message, facts.profile.preferred_channels
    if not preferred or message.keeps_order or message.purpose is Purpose.TRANSACTIONAL:
        return message.channels
    rank = {channel: place for place, channel in enumerate(preferred)}
    return tuple(sorted(message.channels, key=lambda channel: rank.get(channel, len(rank))))


def reordered(facts: Facts, channels: tuple[Channel, ...]) -> TraceEntry | None:
    """Returns the trace of an order that is the person's and not the author's; None where both are the same.

    Args:
        facts: The case.
        channels: As they are tried.
    """
    if channels == facts.message.channels:
        return None
    note = f"the person's order: {', '.join(channels)}; the message's was {', '.join(facts.message.channels)}"
    return TraceEntry(None, "preferred_channels", Opening.NOW, facts.at.isoformat(), note=note)
