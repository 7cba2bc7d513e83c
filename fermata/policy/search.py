"""The search for the first instant at which every rule lets a message through on a channel: a fixed point."""

from datetime import datetime, timedelta

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Constraint
from fermata.policy.instants import LATEST
from fermata.policy.tracing import Tracer
from fermata.policy.verdict import Opening, Verdict, never
from fermata.vocabulary import Reason

_TICK = timedelta(microseconds=1)
_NOW = Opening.NOW  # asked of every verdict: an enum's member takes ten times as long to look up as a module's name
_MOVES = 500
"""Rules that have not met after so many moves never will: each passes a closing, and windows repeat by the week."""

_TRACED_MOVES = 20
"""Of a long search the trace keeps the beginning, which tells why."""


class Search:
    """Asks constraints about one channel, and traces their answers.

    Args:
        attempt: The message on the channel.
        tracer: Gets each constraint's first answer, and every one that moves the time.
    """

    def __init__(self, attempt: Attempt, tracer: Tracer) -> None:
        self._attempt = attempt
        self._tracer = tracer
        self._open_since: dict[str, datetime] = {}
        self._mover = ""

    def refusals(self, at: datetime, constraints: tuple[Constraint, ...]) -> list[Verdict]:
        """Asks each constraint once, and returns the verdicts of those that say no."""
        refusals = []
        for constraint in constraints:
            verdict = constraint.earliest(at, self._attempt)
            self._tracer.add(self._attempt, constraint.rule, at, verdict)
            if verdict.opening is not _NOW:
                refusals.append(verdict)
            elif verdict.for_good:
                self._open_since[constraint.rule] = at
        return refusals

    def fixed_point(self, at: datetime, constraints: tuple[Constraint, ...], *, asked_before: bool = False) -> Verdict:
        """Asks the constraints in turn until none moves the time.

        Args:
            at: Where the search starts.
            constraints: In order.
            asked_before: Whether their first answers are in the trace already.

        Returns:
            The verdict of the one that moved it last, with ``until`` the first instant that suits all; that of the one
            that never opens, or only at the next visit; or a pass, where ``at`` itself suits all.
        """
        moved = Verdict(_NOW)
        pending = self._pending(at, constraints)
        untraced = 0 if asked_before else len(pending)
        place, silent, moves, left = 0, 0, 0, len(pending)
        while silent < left:
            if place >= left:
                place = 0
            constraint = pending[place]
            verdict = constraint.earliest(at, self._attempt)
            if untraced > 0 or (verdict.opening is not _NOW and moves < _TRACED_MOVES):
                self._tracer.add(self._attempt, constraint.rule, at, verdict)
            untraced -= 1
            if verdict.for_good:
                self._open_since[constraint.rule] = at
                del pending[place]
                left -= 1
                continue
            place += 1
            if verdict.opening is _NOW:
                silent += 1
                continue
            if verdict.until is None:
                return verdict
            # The one that moved it is asked again: it may hold several rules, and have told of the first only.
            at, moved, silent, moves = verdict.until, verdict, 0, moves + 1
            self._mover = constraint.rule
            if at >= LATEST or moves > _MOVES:
                return never(reason_of(moved))
        return moved

    def last_to_open(self, opens: datetime, constraints: tuple[Constraint, ...], moved: Verdict) -> Reason:
        """Returns the reason of the first constraint in order that is closed right up to an instant at which all open.

        Args:
            opens: That instant, later than the facts' own.
            constraints: In order.
            moved: The verdict that gave the instant.
        """
        before = opens - _TICK
        for constraint in self._pending(before, constraints):
            if constraint.rule == self._mover:
                break  # it is closed up to there, or it would not have moved the time
            verdict = constraint.earliest(before, self._attempt)
            if verdict.opening is not _NOW:
                # The search may have passed it by: the reason must stand in the trace.
                self._tracer.add(self._attempt, constraint.rule, before, verdict)
                return reason_of(verdict)
        return reason_of(moved)

    def _pending(self, at: datetime, constraints: tuple[Constraint, ...]) -> list[Constraint]:
        """Leaves out those that said at this instant or earlier that they are open for good."""
        since = self._open_since
        return [constraint for constraint in constraints if constraint.rule not in since or since[constraint.rule] > at]


def reason_of(verdict: Verdict) -> Reason:
    """Returns the reason of a verdict that does not pass."""
    if verdict.reason is None:
        raise AssertionError(f"a verdict that does not pass must have a reason: {verdict}")
    return verdict.reason
