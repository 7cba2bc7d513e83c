"""How a decision ended, in a sentence."""

from fermata.explanation.local_time import LocalTime
from fermata.ledger.record import DecisionRecord
from fermata.vocabulary import Action, DeliveryState, Reason
from fermata.wording import channel_in_words, reason_in_words

_STATES = {
    DeliveryState.RESERVED: "reserved, not begun",
    DeliveryState.SENDING: "with the provider, its answer is not known yet",
    DeliveryState.SENT: "taken by the provider",
    DeliveryState.DELIVERED: "delivered",
    DeliveryState.BOUNCED: "bounced",
    DeliveryState.COMPLAINED: "the person complained about it",
    DeliveryState.FAILED: "failed for good, its slot given back",
    DeliveryState.RELEASED: "not sent, its slot given back",
    DeliveryState.UNKNOWN: "with the provider or not: its answer was lost",
}


def outcome(record: DecisionRecord, clock: LocalTime) -> str:
    """Returns what was decided, and why.

    Args:
        record: The decision.
        clock: The person's.
    """
    why = reason_in_words(record.reason)
    by = f" by {channel_in_words(record.channel)}" if record.channel is not None else ""
    match record.action:
        case Action.SEND if record.reason is Reason.SUBSTITUTED:
            place = channel_in_words(record.channel) if record.channel is not None else "card"
            return f"{record.message} may go at once, as {place} in the place of a channel whose cap is full."
        case Action.SEND:
            return f"{record.message} may go{by} at once: {why}."
        case Action.DEFER:
            end = record.next_eligible_at
            if end is None:
                return f"{record.message}{by} is held until the next visit: {why}."
            return f"{record.message}{by} is held until {clock.to_the_minute(end)} {clock.zone}: {why}."
    return f"{record.message} is not sent: {why}."


def delivery(record: DecisionRecord, clock: LocalTime) -> str | None:
    """Returns what became of a send; None where there was none.

    Args:
        record: The decision.
        clock: The person's.
    """
    found = record.delivery
    if found is None:
        return None
    why = f": {reason_in_words(found.reason)}" if found.reason is not None else ""
    provider = f" ({found.provider})" if found.provider else ""
    return f"{_STATES[found.state]}{provider}, {clock.to_the_minute(found.updated_at)}{why}"
