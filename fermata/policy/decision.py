"""The answer to a case, with the whole way to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson

from fermata.policy.verdict import Opening
from fermata.vocabulary import Action, Channel, Reason

_JSON = orjson.OPT_UTC_Z


# Final instead of frozen, and no slots: a decision makes dozens of these, and this way they are made six times, and
# written by orjson five times, as fast.
@dataclass
class TraceEntry:
    """What one rule answered for one channel.

    Args:
        channel: The channel; None for a rule about the whole message.
        rule: The rule's name.
        verdict: ``pass``, ``until``, ``next_visit`` or ``never``.
        local: The instant it was asked about, as the profile's wall clock shows it, with the offset; of several
            candidate zones, in the first. ISO 8601.
        zone: That clock's zone and where it was learnt; None where no clock was looked at.
        until: With ``until``: when the rule opens.
        reason: Why not now.
        count: Exposures it counted, where it counts.
        limit: The limit it held them against.
        note: What it looked at, in a few words.
    """

    channel: Final[Channel | None]
    rule: Final[str]
    verdict: Final[Opening]
    local: Final[str]
    zone: Final[str | None] = None
    until: Final[datetime | None] = None
    reason: Final[Reason | None] = None
    count: Final[int | None] = None
    limit: Final[int | None] = None
    note: Final[str | None] = None


@dataclass(frozen=True)
class SendDecision:
    """How an attempt to reach a person ends.

    Args:
        action: Send, defer or drop.
        reason: Why.
        channel: The carrier: what sends, or the channel that is waited for. None for a drop.
        next_eligible_at: Only with defer: when to decide again; None waits for the next visit, or for a paused journey.
        trace: What each rule answered, in the order in which they were asked.
        policy: Content hash of the policy it was decided under.
        instead_of: The capped channel that the carrier stands in for, if it does.
    """

    action: Action
    reason: Reason
    channel: Channel | None
    next_eligible_at: datetime | None
    trace: tuple[TraceEntry, ...]
    policy: str
    instead_of: Channel | None = None

    def to_json(self) -> bytes:
        """Returns the decision as one JSON object without a line break, instants in UTC with Z."""
        return orjson.dumps(self, option=_JSON)
