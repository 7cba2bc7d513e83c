"""A cap with the exposures it counts: how full it is at an instant, and when a slot frees."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from fermata.policy.cap import Cap
from fermata.policy.facts import Exposure
from fermata.policy.session import started_at
from fermata.policy.verdict import Opening, Verdict
from fermata.policy.zones import start_of_day, wall
from fermata.vocabulary import Reason

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
_NOW = Opening.NOW  # a decision looks it up for every cap: an enum's member takes ten times as long as a module's name


class Tally(NamedTuple):
    """A cap and what may fill it.

    Args:
        cap: The limit.
        taken: The exposures that it counts, whenever they were, the earliest first.
        instants: When these were.
        zones: Whose midnights bound a calendar cap: with several, the fullest counts.
        session: The visit that is going on, for a cap per visit.
        reason: What to say when it is full.
    """

    cap: Cap
    taken: Sequence[Exposure]
    instants: Sequence[datetime]
    zones: tuple[str, ...]
    session: str | None
    reason: Reason

    def capacity(self, at: datetime) -> Verdict:
        """Returns when the cap has a free slot, not before ``at``."""
        cap = self.cap
        used = self.used(at)
        if used < cap.limit:
            # What a rolling cap counts only ever falls from here; a calendar cap's local date may go back at a fold.
            return Verdict(_NOW, None, None, used, cap.limit, cap.text, cap.kind == "rolling")
        if not isinstance(cap.per, timedelta):
            return Verdict(Opening.NEXT_VISIT, None, self.reason, used, cap.limit, cap.text)
        # The slot that frees is that of the earliest of the last `limit` exposures; a calendar frees them all at once.
        frees = self.instants[-cap.limit] + cap.per if cap.kind == "rolling" else self._next_roomy_period(at)
        return Verdict(Opening.LATER, frees, self.reason, used, cap.limit, cap.text)

    def used(self, at: datetime) -> int:
        """Returns how many slots are taken at an instant.

        An exposure later than the instant (a reservation by a clock that is ahead) takes one too: late beats over.
        """
        per = self.cap.per
        if not self.taken:
            return 0
        if not isinstance(per, timedelta):
            return sum(self._in_visit(exposure, at) for exposure in self.taken)
        if self.cap.kind == "rolling":
            return len(self.instants) - bisect_right(self.instants, at - per)
        return max(self._used_since_midnight(at, name, per) for name in self.zones)

    def next_release(self, at: datetime, used: int) -> datetime:
        """Returns the next instant after ``at`` at which fewer slots may be taken; the cap is per a duration.

        Args:
            at: An instant at which at least one slot is taken.
            used: How many are taken then.
        """
        per = self.cap.per
        if not isinstance(per, timedelta):
            raise TypeError("a cap per visit frees at the next visit, at no instant")
        if self.cap.kind == "rolling":
            return self.instants[-used] + per
        return min(next_period(at, name, per) for name in self.zones)

    def _next_roomy_period(self, at: datetime) -> datetime:
        while (used := self.used(at)) >= self.cap.limit:
            at = self.next_release(at, used)
        return at

    def _used_since_midnight(self, at: datetime, zone: str, per: timedelta) -> int:
        first = first_day(at, zone, per)
        return sum(wall(instant, zone).date() >= first for instant in self.instants)

    def _in_visit(self, exposure: Exposure, at: datetime) -> bool:
        """By the visit's name where the exposure has one, else by when the visit started.

        Where neither is known, an exposure within the last day may have been in it, so it counts.
        """
        session = self.session
        if session is None:
            return False
        if exposure.session is not None:
            return exposure.session == session
        started = started_at(session)
        return exposure.at >= started if started is not None else exposure.at > at - _DAY


def first_day(at: datetime, zone: str, per: timedelta) -> date:
    """Returns the first local date of the calendar day or week that the instant lies in."""
    day = wall(at, zone).date()
    return day - timedelta(days=day.weekday()) if per == _WEEK else day


def next_period(at: datetime, zone: str, per: timedelta) -> datetime:
    """Returns the first instant of the calendar day or week after the one that the instant lies in."""
    return start_of_day(first_day(at, zone, per) + per, at, zone)
