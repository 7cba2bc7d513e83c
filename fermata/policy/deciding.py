"""One decision out of a message's channels: send, defer or drop."""

from datetime import datetime
from typing import NamedTuple

from fermata.policy.attempting import attempt_on, that_count
from fermata.policy.candidate_zones import candidate_zones
from fermata.policy.channel_state import ChannelState, Standing, channel_state
from fermata.policy.decision import SendDecision, TraceEntry
from fermata.policy.document import Policy
from fermata.policy.facts import Facts
from fermata.policy.instants import LATEST
from fermata.policy.preferences import channels_in_order, refused_topic, reordered
from fermata.policy.region import region_of
from fermata.policy.tracing import Tracer
from fermata.policy.verdict import Opening
from fermata.vocabulary import MESSAGE_CHANNELS, Action, Channel, Reason, WhenCapped


def decide(facts: Facts, policy: Policy) -> SendDecision:
    """Decides whether a message is sent now, held until an instant, or dropped.

    Pure: the same facts under the same policy give the same decision, whenever and wherever it is asked. The rules are
    in ``docs/policy.md``.

    Args:
        facts: All that is known, the instant included.
        policy: The rules.
    """
    return _Deciding(facts, policy).decision()


class _Time(NamedTuple):
    """A time at which a channel may be tried again."""

    until: datetime | None
    channel: Channel
    reason: Reason
    instead_of: Channel | None


class _Deciding:
    """One case on its way to its decision: what was tried, and the times found so far."""

    def __init__(self, facts: Facts, policy: Policy) -> None:
        self._facts = facts
        self._policy = policy
        self._region = region_of(facts.profile)
        self._zones = candidate_zones(
            facts.profile, self._region.country, policy.unknown_time_zone.fallback, facts.at.year
        )
        self._exposures = that_count(facts.exposures)
        self._tracer = Tracer()
        self._channels = channels_in_order(facts)
        self._tried = list(self._channels)
        self._times: list[_Time] = []

    def decision(self) -> SendDecision:
        facts = self._facts
        if facts.stop is not None:
            return self._hard_stop(facts.stop)
        if facts.message.expires_at is not None and facts.at >= facts.message.expires_at:
            return self._hard_stop(Reason.EXPIRED)
        if facts.eligibility is not None and not facts.eligibility.holds:
            return self._drop(Reason.ELIGIBILITY_FAILED)
        if refused_topic(facts) is not None:
            return self._drop(Reason.CONSENT_REVOKED)
        states = []
        for channel in self._channels:
            state = self._state(channel)
            if state.standing is Standing.OPEN:
                return self._send(channel, Reason.ELIGIBLE)
            states.append(state)
        for state in states:
            answer = self._answer(state, None)
            if answer is not None:
                return answer
        return self._earliest_time() if self._times else self._drop(states[0].reason)

    def _state(self, channel: Channel) -> ChannelState:
        attempt = attempt_on(channel, self._facts, self._policy, self._zones, self._region, self._exposures)
        return channel_state(attempt, self._tracer)

    def _answer(self, state: ChannelState, instead_of: Channel | None) -> SendDecision | None:
        """Returns what a channel that is not open comes to, or None where it only adds its time, or nothing."""
        if state.standing is Standing.CAPPED:
            answer = self._capped(state)
            if answer is not None:
                return answer
        if state.standing is not Standing.IMPOSSIBLE:
            self._times.append(_Time(state.until, state.channel, state.reason, instead_of))
        return None

    def _capped(self, state: ChannelState) -> SendDecision | None:
        """Returns what the message does on a full cap, or None where it waits."""
        table = self._policy.channels.table(state.channel)
        match self._facts.message.when_capped or table.when_capped:
            case WhenCapped.DROP:
                return self._drop(state.cap_reason)
            case WhenCapped.SILENT:
                return self._drop(Reason.SILENT_ENRICHMENT)
            case WhenCapped.SUBSTITUTE if table.substitute is not None and table.substitute not in self._facts.blocked:
                return self._send(table.substitute, Reason.SUBSTITUTED, state.channel)
            case WhenCapped.FALLBACK if table.fallback is not None and table.fallback not in self._tried:
                return self._fall_back(table.fallback, state.channel)
        return None

    def _fall_back(self, channel: Channel, instead_of: Channel) -> SendDecision | None:
        """Tries another channel as if the message named it; an inbox or a badge is always open."""
        self._tried.append(channel)
        if channel not in MESSAGE_CHANNELS:
            return None if channel in self._facts.blocked else self._send(channel, Reason.ELIGIBLE, instead_of)
        state = self._state(channel)
        if state.standing is Standing.OPEN:
            return self._send(channel, Reason.ELIGIBLE, instead_of)
        return self._answer(state, instead_of)

    def _earliest_time(self) -> SendDecision:
        # The order of the channels breaks ties: min() keeps the first, and the times stand in that order.
        first = min(self._times, key=lambda time: time.until or LATEST)
        expires_at = self._facts.message.expires_at
        if expires_at is not None and first.until is not None and first.until >= expires_at:
            return self._drop(Reason.EXPIRED)
        return self._decided(Action.DEFER, first.reason, first.channel, first.until, first.instead_of)

    def _hard_stop(self, reason: Reason) -> SendDecision:
        paused = reason is Reason.JOURNEY_PAUSED
        verdict = Opening.NEXT_VISIT if paused else Opening.NEVER
        trace = (TraceEntry(None, "hard_stop", verdict, self._facts.at.isoformat(), reason=reason),)
        # A paused journey is held, not ejected: it is decided again when somebody resumes it.
        action = Action.DEFER if paused else Action.DROP
        return SendDecision(action, reason, None, None, trace, self._policy.version)

    def _eligibility(self) -> tuple[TraceEntry, ...]:
        """What was seen of whether the message is for this person, where it is not for everybody."""
        seen, at = self._facts.eligibility, self._facts.at.isoformat()
        if seen is None:
            return ()
        if seen.holds:
            return (TraceEntry(None, "eligibility", Opening.NOW, at, note=seen.why),)
        reason = Reason.ELIGIBILITY_FAILED
        return (TraceEntry(None, "eligibility", Opening.NEVER, at, reason=reason, note=seen.why),)

    def _send(self, channel: Channel, reason: Reason, instead_of: Channel | None = None) -> SendDecision:
        return self._decided(Action.SEND, reason, channel, None, instead_of)

    def _drop(self, reason: Reason) -> SendDecision:
        return self._decided(Action.DROP, reason, None, None, None)

    def _decided(
        self,
        action: Action,
        reason: Reason,
        channel: Channel | None,
        next_eligible_at: datetime | None,
        instead_of: Channel | None,
    ) -> SendDecision:
        preferences = (refused_topic(self._facts) or reordered(self._facts, self._channels),)
        trace = (*self._eligibility(), *filter(None, preferences), *self._tracer.entries())
        return SendDecision(action, reason, channel, next_eligible_at, trace, self._policy.version, instead_of)
