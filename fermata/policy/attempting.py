"""Puts an attempt together: what of the facts and the policy concerns one channel."""

from collections.abc import Iterable, Sequence
from operator import attrgetter

from fermata.policy.attempt import Attempt
from fermata.policy.candidate_zones import CandidateZones
from fermata.policy.cap import Cap
from fermata.policy.document import Policy
from fermata.policy.facts import Exposure, Facts, Waiting
from fermata.policy.region import Region
from fermata.policy.tally import Tally
from fermata.vocabulary import Channel, Purpose, Reason


def attempt_on(
    channel: Channel,
    facts: Facts,
    policy: Policy,
    zones: CandidateZones,
    region: Region,
    exposures: Sequence[Exposure],
) -> Attempt:
    """Returns the attempt to send the message on a channel.

    Args:
        channel: The one to try.
        facts: The case.
        policy: The rules.
        zones: Where the profile may be.
        region: Whose law holds.
        exposures: Those of the facts that caps count, as ``that_count`` returns them.
    """
    table = policy.channels.table(channel)
    legal = policy.legal_rules(region.country, region.subdivision, channel)
    if facts.message.purpose is Purpose.TRANSACTIONAL:
        return Attempt(facts, policy, channel, table, zones, region, legal)
    cross = policy.cross_channel
    legal_caps = [cap for _, rule in legal for cap in rule.caps]
    return Attempt(
        facts,
        policy,
        channel,
        table,
        zones,
        region,
        legal,
        _tallies(table.caps, (channel,), exposures, facts, zones, Reason.FREQUENCY_CAPPED),
        _tallies(cross.caps, cross.channels, exposures, facts, zones, Reason.CROSS_CHANNEL_CAPPED)
        if cross is not None and channel in cross.channels
        else (),
        _tallies(
            legal_caps,
            (channel,),
            that_count((*exposures, *facts.address_exposures)),
            facts,
            zones,
            Reason.LEGAL_CAPPED,
        )
        if legal_caps
        else (),
        _ahead(channel, facts) if facts.waiting else (),
    )


def that_count(exposures: Iterable[Exposure]) -> Sequence[Exposure]:
    """Returns those that a cap may count, the earliest first."""
    marketing = Purpose.MARKETING
    return sorted([it for it in exposures if it.purpose is marketing], key=attrgetter("at"))


def _tallies(
    caps: Iterable[Cap],
    channels: tuple[Channel, ...],
    exposures: Sequence[Exposure],
    facts: Facts,
    zones: CandidateZones,
    reason: Reason,
) -> tuple[Tally, ...]:
    taken = [it for it in exposures if it.channel in channels]
    instants = [it.at for it in taken]
    session, topic = facts.profile.active_session, facts.message.topic
    tallies = []
    for cap in caps:
        if cap.by == "topic" and topic is not None:
            # An exposure whose topic is unknown may have been of this one: it counts.
            counted = [it for it in taken if it.topic in (None, topic)]
            tallies.append(Tally(cap, counted, [it.at for it in counted], zones.names, session, reason))
        else:
            tallies.append(Tally(cap, taken, instants, zones.names, session, reason))
    return tuple(tallies)


def _ahead(channel: Channel, facts: Facts) -> tuple[Waiting, ...]:
    rank = (facts.message.priority, False)
    return tuple(
        waiting
        for waiting in facts.waiting
        if waiting.channel is channel
        and (waiting.priority, waiting.first) > rank
        and waiting.purpose is Purpose.MARKETING
    )
