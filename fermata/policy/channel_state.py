"""Where a channel stands for a message: impossible, open now, closed until an instant, or capped until one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Constraint, Kind
from fermata.policy.constraints import ORDER
from fermata.policy.instants import LATEST
from fermata.policy.tracing import Tracer
from fermata.policy.verdict import Opening, Verdict, never, strictest
from fermata.vocabulary import Channel, Purpose, Reason

_TICK = timedelta(microseconds=1)
_MOVES = 500
"""Rules that have not met after so many moves never will: each passes a closing, and windows repeat by the week."""

_TRACED_MOVES = 20
"""Of a long search the trace keeps the beginning, which tells why."""


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


_MARKETING = _rules(ORDER)
_TRANSACTIONAL = _rules(constraint for constraint in ORDER if constraint.holds_transactional)


class Standing(StrEnum):
    """How a channel stands."""

    IMPOSSIBLE = "impossible"
    OPEN = "open"
    CLOSED = "closed"
    CAPPED = "capped"


@dataclass(frozen=True, slots=True)
class ChannelState:
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
    rules = _TRANSACTIONAL if attempt.facts.message.purpose is Purpose.TRANSACTIONAL else _MARKETING
    refusal = _asked_once(at, rules.reach, attempt, tracer)
    if refusal:
        return ChannelState(channel, Standing.IMPOSSIBLE, None, _reason(refusal[0]))
    rest = _fixed_point(at, rules.closings, attempt, tracer)
    if rest.opening is Opening.NEVER:
        return ChannelState(channel, Standing.IMPOSSIBLE, None, _reason(rest))
    if rest.opening is Opening.NEXT_VISIT:
        return ChannelState(channel, Standing.CLOSED, None, _reason(rest))
    opens = rest.until or at
    full = _asked_once(opens, rules.caps, attempt, tracer)
    if full:
        return _capped(opens, full, rules, attempt, tracer)
    if opens == at:
        return ChannelState(channel, Standing.OPEN)
    return ChannelState(channel, Standing.CLOSED, opens, _last_to_open(opens, rules, attempt, rest))


def _capped(opens: datetime, full: list[Verdict], rules: _Rules, attempt: Attempt, tracer: Tracer) -> ChannelState:
    """Returns the state of a channel whose caps are full when the rest opens."""
    cap_reason = _reason(strictest(full))
    final = _fixed_point(opens, rules.timed, attempt, tracer, asked_before=True)
    if final.opening is Opening.NEVER:
        return ChannelState(attempt.channel, Standing.IMPOSSIBLE, None, _reason(final))
    if final.until is None:
        return ChannelState(attempt.channel, Standing.CAPPED, None, _reason(final), cap_reason)
    reason = _last_to_open(final.until, rules, attempt, final)
    return ChannelState(attempt.channel, Standing.CAPPED, final.until, reason, cap_reason)


def _asked_once(at: datetime, constraints: tuple[Constraint, ...], attempt: Attempt, tracer: Tracer) -> list[Verdict]:
    """Asks each constraint, and returns the verdicts of those that say no."""
    refusals = []
    for constraint in constraints:
        verdict = constraint.earliest(at, attempt)
        tracer.add(attempt, constraint.rule, at, verdict)
        if verdict.opening is not Opening.NOW:
            refusals.append(verdict)
    return refusals


def _fixed_point(
    at: datetime, constraints: tuple[Constraint, ...], attempt: Attempt, tracer: Tracer, *, asked_before: bool = False
) -> Verdict:
    """Asks the constraints in turn until none moves the time.

    Returns:
        The verdict of the one that moved it last, with ``until`` the first instant that suits all; that of the one that
        never opens, or only at the next visit; or a pass, where ``at`` itself suits all.
    """
    moved = Verdict(Opening.NOW)
    silent, asked, moves = 0, 0, 0
    while silent < len(constraints):
        constraint = constraints[asked % len(constraints)]
        verdict = constraint.earliest(at, attempt)
        moving = verdict.opening is not Opening.NOW and moves < _TRACED_MOVES
        if moving or (not asked_before and asked < len(constraints)):
            tracer.add(attempt, constraint.rule, at, verdict)
        asked += 1
        if verdict.opening is Opening.NOW:
            silent += 1
            continue
        if verdict.until is None:
            return verdict
        # The one that moved it is asked again: it may hold several rules, and have told of the first only.
        at, moved, silent, moves = verdict.until, verdict, 0, moves + 1
        if at >= LATEST or moves > _MOVES:
            return never(_reason(moved))
    return moved


def _last_to_open(opens: datetime, rules: _Rules, attempt: Attempt, moved: Verdict) -> Reason:
    """Returns the reason of the first constraint in order that is closed right up to the instant at which all open."""
    before = opens - _TICK
    for constraint in rules.timed:
        verdict = constraint.earliest(before, attempt)
        if verdict.opening is not Opening.NOW:
            return _reason(verdict)
    return _reason(moved)


def _reason(verdict: Verdict) -> Reason:
    if verdict.reason is None:
        raise AssertionError(f"a verdict that does not pass must have a reason: {verdict}")
    return verdict.reason
