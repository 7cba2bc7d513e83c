"""One message on one channel: what the constraints look at."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from fermata.policy.candidate_zones import CandidateZones
from fermata.policy.cap import Cap
from fermata.policy.document import Policy
from fermata.policy.facts import Exposure, Facts, Waiting
from fermata.policy.region import Region
from fermata.policy.regional_rules import RegionalRule
from fermata.policy.tables import ChannelTable
from fermata.policy.tally import Tally
from fermata.vocabulary import Channel, Purpose, Reason

ZoneRule = Callable[[datetime, str], datetime | None]
"""The first instant, not before a given one, that suits a given zone; None for never."""

_ROUNDS = 400
"""Each round moves past at least one closing of a window, and windows repeat by the week: this many are months."""


@dataclass(frozen=True)
class Attempt:
    """The facts of a case with what follows from them for one channel.

    Args:
        facts: The case.
        policy: The rules.
        channel: The one to try.
        table: Its rules.
        zones: Where the profile may be.
        region: Whose law holds.
        legal: That law's rules for the channel, by name.
    """

    facts: Facts
    policy: Policy
    channel: Channel
    table: ChannelTable
    zones: CandidateZones
    region: Region
    legal: tuple[tuple[str, RegionalRule], ...]

    @cached_property
    def channel_tallies(self) -> tuple[Tally, ...]:
        """The channel's caps, each with the exposures that it counts."""
        return self._tallies(self.table.caps, self.facts.exposures, (self.channel,), Reason.FREQUENCY_CAPPED)

    @cached_property
    def cross_channel_tallies(self) -> tuple[Tally, ...]:
        """The caps over several channels; none where this channel is not one of them."""
        cross = self.policy.cross_channel
        if cross is None or self.channel not in cross.channels:
            return ()
        return self._tallies(cross.caps, self.facts.exposures, cross.channels, Reason.CROSS_CHANNEL_CAPPED)

    @cached_property
    def legal_tallies(self) -> tuple[Tally, ...]:
        """The law's caps, with what reached the channel's address, whoever's profile it was on."""
        caps = [cap for _, rule in self.legal for cap in rule.caps]
        if not caps:
            return ()
        exposures = (*self.facts.exposures, *self.facts.address_exposures)
        return self._tallies(caps, exposures, (self.channel,), Reason.LEGAL_CAPPED)

    def _tallies(
        self, caps: Iterable[Cap], exposures: Sequence[Exposure], channels: tuple[Channel, ...], reason: Reason
    ) -> tuple[Tally, ...]:
        taken = self._marketing(exposures, channels) if exposures else ()
        session, zones = self.facts.profile.active_session, self.zones.names
        return tuple(Tally(cap, self._on_topic(cap, taken), zones, session, reason) for cap in caps)

    def _marketing(self, exposures: Sequence[Exposure], channels: tuple[Channel, ...]) -> Sequence[Exposure]:
        """Returns those that count on the channels, the latest first."""
        taken = [it for it in exposures if it.channel in channels and it.purpose is Purpose.MARKETING]
        if len(taken) > 1:
            taken.sort(key=_instant, reverse=True)
        return taken

    def _on_topic(self, cap: Cap, taken: Sequence[Exposure]) -> Sequence[Exposure]:
        topic = self.facts.message.topic
        if cap.by != "topic" or topic is None:
            return taken
        # An exposure whose topic is unknown may have been of this one: it counts.
        return [exposure for exposure in taken if exposure.topic in (None, topic)]

    @cached_property
    def ahead(self) -> tuple[Waiting, ...]:
        """The waiting marketing messages on this channel whose priority is higher than the message's."""
        priority = self.facts.message.priority
        return tuple(
            waiting
            for waiting in self.facts.waiting
            if waiting.channel is self.channel and waiting.priority > priority and waiting.purpose is Purpose.MARKETING
        )

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


def _instant(exposure: Exposure) -> datetime:
    return exposure.at
