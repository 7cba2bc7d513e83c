"""One message on one channel: what the constraints look at."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from fermata.policy.candidate_zones import CandidateZones
from fermata.policy.document import Policy
from fermata.policy.facts import Facts, Waiting
from fermata.policy.region import Region
from fermata.policy.regional_rules import RegionalRule
from fermata.policy.tables import ChannelTable
from fermata.policy.tally import Tally
from fermata.vocabulary import Channel

ZoneRule = Callable[[datetime, str], datetime | None]
"""The first instant, not before a given one, that suits a given zone; None for never."""

_ROUNDS = 400
"""Each round moves past at least one closing of a window, and windows repeat by the week: this many are months."""


class Attempt(NamedTuple):
    """The facts of a case with what follows from them for one channel.

    Args:
        facts: The case.
        policy: The rules.
        channel: The one to try.
        table: Its rules.
        zones: Where the profile may be.
        region: Whose law holds.
        legal: That law's rules for the channel, by name.
        channel_tallies: The channel's caps, each with the exposures that it counts.
        cross_channel_tallies: The caps over several channels; none where this channel is not one of them.
        legal_tallies: The law's caps, with what reached the channel's address, whoever's profile it was on.
        ahead: The waiting marketing messages on this channel of higher priority, or first among equals.
    """

    facts: Facts
    policy: Policy
    channel: Channel
    table: ChannelTable
    zones: CandidateZones
    region: Region
    legal: tuple[tuple[str, RegionalRule], ...]
    channel_tallies: tuple[Tally, ...] = ()
    cross_channel_tallies: tuple[Tally, ...] = ()
    legal_tallies: tuple[Tally, ...] = ()
    ahead: tuple[Waiting, ...] = ()

    @property
    def spread_over(self) -> timedelta | None:
        """The time after an opening over which sends are spread: the message's word, or else the channel's."""
        return self.facts.message.spread_over or self.table.spread_over

    def in_all_zones(self, at: datetime, earliest: ZoneRule) -> datetime | None:
        """Returns the first instant, not before ``at``, that suits the clocks of all candidate zones; None for never.

        Args:
            at: Where the search starts.
            earliest: The rule for one zone.
        """
        names = self.zones.names
        if len(names) == 1:
            return earliest(at, names[0])
        for _ in range(_ROUNDS):
            start = at
            for name in names:
                found = earliest(at, name)
                if found is None:
                    return None
                at = found
            if at == start:
                return at
        return None
