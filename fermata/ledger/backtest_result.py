"""What another policy would have decided: the differences, by reason and by journey, with examples to explain."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from fermata.vocabulary import Action, Reason


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True)


class How(StrEnum):
    """What differs where the action is the same."""

    EARLIER = "earlier"
    LATER = "later"
    OTHER_CHANNEL = "other_channel"


class Ending(_Result):
    """How a decision ends."""

    action: Action
    reason: Reason


class Change(_Result):
    """Decisions that would end in another way, of one kind.

    Args:
        before: As recorded.
        after: Under the other policy.
        how: Set where both have one action: a hold that ends at another time, or another channel.
        count: How many.
        examples: The first of them: look them up with ``fermata explain``.
    """

    before: Ending
    after: Ending
    how: How | None
    count: int
    examples: tuple[UUID, ...]


class JourneyShift(_Result):
    """What changes for one journey.

    Args:
        decisions: All that were decided again.
        changed: Those that would end in another way.
        before, after: How many ended in each action, and would.
    """

    journey: str
    decisions: int
    changed: int
    before: dict[Action, int]
    after: dict[Action, int]


class UnreadableDecision(_Result):
    """A decision whose recorded facts this version of Fermata cannot read, and why."""

    id: UUID
    fault: str


class Backtest(_Result):
    """Recorded decisions, decided again under another policy. Each stands alone: on the facts as they were recorded.

    Args:
        policy: The version that decided again.
        since, until: Which decisions: from the one instant on, up to the other.
        decisions: All that were decided again.
        changed: Those that would end in another way.
        changes: These by reason, the most frequent first.
        journeys: By journey, the most changed first.
        unreadable: How many could not be decided again.
        unreadable_examples: The first of these.
        short_memory: How many were recorded under a policy that looks less far back than this one, or that is not
            stored: their facts may lack exposures that this policy would count.
    """

    policy: str
    since: datetime
    until: datetime
    decisions: int
    changed: int
    changes: tuple[Change, ...]
    journeys: tuple[JourneyShift, ...]
    unreadable: int
    unreadable_examples: tuple[UnreadableDecision, ...]
    short_memory: int
