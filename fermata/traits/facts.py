"""What is on record of one person that traits are computed from, as it is read at one instant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from fermata.traits.engagement import Reaction
from fermata.traits.happened import Happened
from fermata.traits.purchases import Purchases
from fermata.traits.visits import Visits
from fermata.vocabulary import Channel


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """One person's record up to an instant.

    Args:
        profile_id: Whose.
        traits: What was stated of them, as it is now.
        purchases: What they bought and kept.
        visits: Their visits.
        reactions: The latest of each kind of reaction to messages.
        sent: Channel and instant of the last message of each channel.
        behaviour: The events that affinity and lead score look at.
    """

    profile_id: UUID
    traits: Mapping[str, Any] = field(default_factory=dict)
    purchases: Purchases = field(default_factory=Purchases)
    visits: Visits = field(default_factory=Visits)
    reactions: tuple[Reaction, ...] = ()
    sent: tuple[tuple[Channel, datetime], ...] = ()
    behaviour: tuple[Happened, ...] = ()
