"""Progressive delays: the nearer a cap is to its limit, the longer the gap after the last exposure."""

from datetime import datetime, timedelta
from functools import lru_cache
from math import ceil
from typing import ClassVar

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Kind
from fermata.policy.tables import SpacingTable
from fermata.policy.tally import Tally
from fermata.policy.verdict import OPEN_FOR_GOOD, PASS, Opening, Verdict
from fermata.vocabulary import Reason

_LONGEST = timedelta(days=366)


class Spacing:
    """Over the caps of the channel and of the channels that count together; a cap per visit has no near."""

    rule: ClassVar[str] = "spacing"
    kind: ClassVar[Kind] = Kind.CLOSED
    holds_transactional: ClassVar[bool] = False

    def earliest(self, at: datetime, attempt: Attempt) -> Verdict:
        table = attempt.policy.spacing
        if table is None or not attempt.facts.exposures:
            return OPEN_FOR_GOOD
        found, opening = PASS, at
        for tally in (*attempt.channel_tallies, *attempt.cross_channel_tallies):
            cap = tally.cap
            ready = _ready(at, tally, table)
            if ready > opening:
                opening = ready
                found = Verdict(Opening.LATER, ready, Reason.BACKOFF, tally.used(at), cap.limit, cap.text)
        return found


def _ready(at: datetime, tally: Tally, table: SpacingTable) -> datetime:
    """Returns the first instant, not before ``at``, that is far enough from the last exposure.

    As exposures leave the cap's time its fill falls, and the gap it asks for with it: each such instant is looked at.
    """
    near = _near(table.near, tally.cap.limit)
    if len(tally.instants) < near or not isinstance(tally.cap.per, timedelta):
        return at
    while True:
        used = tally.used(at)
        if used < near:
            return at
        ready = tally.instants[-1] + _gap(table.minimum, table.factor, used - near)
        if at >= ready:
            return at
        at = min(ready, tally.next_release(at, used))


@lru_cache(maxsize=1024)
def _near(share: float, limit: int) -> int:
    """Returns the count from which on a limit is near."""
    # Rounded first: 0.1 * 30 is a hair over 3 in binary, and must be near from 3 on.
    return ceil(round(share * limit, 9))


@lru_cache(maxsize=1024)
def _gap(minimum: timedelta, factor: float, steps: int) -> timedelta:
    try:
        return min(minimum * factor**steps, _LONGEST)
    except OverflowError:
        return _LONGEST
