"""Where a channel stands for a message: impossible, open now, closed until an instant, or capped until one."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Constraint, Kind
from fermata.policy.constraints import ORDER
from fermata.policy.constraints.spread import Spread
from fermata.policy.search import Search, reason_of
from fermata.policy.tracing import Tracer
from fermata.policy.verdict import Opening, Verdict, strictest
from fermata.vocabulary import Channel, Purpose, Reason


class _Rules(NamedTuple):
    """The constraints that hold a message, by what their no means, each group in order."""

    reach: tuple[Constraint, ...]
    closings: tuple[Constraint, ...]
    caps: tuple[Constraint, ...]
    timed: tuple[Constraint, ...]


def _rules(constraints: Iterable[Constraint]) -> _Rules:
    found = tuple(constraints)
    return _Rules(
        tuple(constraint for constraint in found if constraint.kind is Kind.REACH),
        tuple(constraint for constraint in found if constraint.kind is Kind.CLOSED),
        tuple(constraint for constraint in found if constraint.kind is Kind.CAPPED),
        tuple(constraint for constraint in found if constraint.kind is not Kind.REACH),
    )


_SPREAD = _rules(ORDER)
# Where nothing is spread, which is the rule, the question is not put: every decision's trace is kept.
_MARKETING = _rules(constraint for constraint in ORDER if not isinstance(constraint, Spread))
_TRANSACTIONAL = _rules(constraint for constraint in ORDER if constraint.holds_transactional)


class Standing(StrEnum):
    """How a channel stands."""

    IMPOSSIBLE = "impossible"
    OPEN = "open"
    CLOSED = "closed"
    CAPPED = "capped"


class ChannelState(NamedTuple):
    """A channel's standing for one message.

    Args:
        channel: The channel.
        standing: Impossible, open, closed or capped.
        until: Closed or capped: when everything lets the message through; None at an unknown time, the next visit.
        reason: Of the constraint that sets that time, or that makes the channel impossible.
        cap_reason: Capped: of the fullest cap.
    """

    channel: Channel
    standing: Standing
    until: datetime | None = None
    reason: Reason = Reason.ELIGIBLE
    cap_reason: Reason = Reason.ELIGIBLE


def channel_state(attempt: Attempt, tracer: Tracer) -> ChannelState:
    """Returns how the channel stands, and traces every rule's answer.

    A channel that is closed and capped at once is capped if a cap alone would still stop it when the rest opens.
    """
    at, channel = attempt.facts.at, attempt.channel
    rules = _rules_for(attempt)
    search = Search(attempt, tracer)
    refusals = search.refusals(at, rules.reach)
    if refusals:
        return ChannelState(channel, Standing.IMPOSSIBLE, None, reason_of(refusals[0]))
    rest = search.fixed_point(at, rules.closings)
    if rest.opening is Opening.NEVER:
        return ChannelState(channel, Standing.IMPOSSIBLE, None, reason_of(rest))
    if rest.opening is Opening.NEXT_VISIT:
        return ChannelState(channel, Standing.CLOSED, None, reason_of(rest))
    opens = rest.until or at
    full = search.refusals(opens, rules.caps)
    if full:
        return _capped(opens, full, search, rules, channel)
    if opens == at:
        return ChannelState(channel, Standing.OPEN)
    return ChannelState(channel, Standing.CLOSED, opens, search.last_to_open(opens, rules.timed, rest))


def _rules_for(attempt: Attempt) -> _Rules:
    if attempt.facts.message.purpose is Purpose.TRANSACTIONAL:
        return _TRANSACTIONAL
    return _MARKETING if attempt.spread_over is None else _SPREAD


def _capped(opens: datetime, full: list[Verdict], search: Search, rules: _Rules, channel: Channel) -> ChannelState:
    """Returns the state of a channel whose caps are full when the rest opens."""
    cap_reason = reason_of(strictest(full))
    final = search.fixed_point(opens, rules.timed, asked_before=True)
    if final.opening is Opening.NEVER:
        return ChannelState(channel, Standing.IMPOSSIBLE, None, reason_of(final))
    if final.until is None:
        return ChannelState(channel, Standing.CAPPED, None, reason_of(final), cap_reason)
    reason = search.last_to_open(final.until, rules.timed, final)
    return ChannelState(channel, Standing.CAPPED, final.until, reason, cap_reason)
