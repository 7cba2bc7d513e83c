"""What a constraint answers: this instant, a later one, an unknown one, or never."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from fermata.vocabulary import Reason


class Opening(StrEnum):
    """When a constraint lets a message through."""

    NOW = "pass"
    LATER = "until"
    NEXT_VISIT = "next_visit"
    NEVER = "never"


class Verdict(NamedTuple):
    """A constraint's answer for one channel, asked at one instant.

    Args:
        opening: Whether it lets the message through at that instant, later, at the next visit, or never.
        until: With ``LATER``: the first instant that it lets through.
        reason: Why not now; None where it does.
        used: Exposures that it counted, where it counts.
        limit: The limit it holds them against, where it counts.
        note: What it looked at, in a few words, for the trace.
        for_good: With ``NOW``: it lets the message through at every later instant too, so it need not be asked again.
    """

    opening: Opening
    until: datetime | None = None
    reason: Reason | None = None
    used: int | None = None
    limit: int | None = None
    note: str | None = None
    for_good: bool = False


PASS = Verdict(Opening.NOW)
"""Open at this instant; a later one is another question."""

OPEN_FOR_GOOD = Verdict(Opening.NOW, for_good=True)
"""Open at this instant and at every later one: the rule does not concern the message, or is over."""


def later(until: datetime, reason: Reason, note: str | None = None) -> Verdict:
    """Returns the verdict of a constraint that opens at an instant."""
    return Verdict(Opening.LATER, until, reason, note=note)


def never(reason: Reason, note: str | None = None) -> Verdict:
    """Returns the verdict of a constraint that will not open."""
    return Verdict(Opening.NEVER, None, reason, note=note)


def strictest(verdicts: Sequence[Verdict]) -> Verdict:
    """Returns the one that opens last (the first of equals); where all pass, the one with the least room left.

    Args:
        verdicts: Each with what is used and the limit. Where there is none, the answer is a pass for good.
    """
    if len(verdicts) < 2:
        return verdicts[0] if verdicts else OPEN_FOR_GOOD
    found, for_good = verdicts[0], True
    for verdict in verdicts:
        for_good = for_good and verdict.for_good
        if _stricter(verdict, found):
            found = verdict
    # It may stand for others that close again.
    return found if for_good == found.for_good else found._replace(for_good=for_good)


_RANK = {Opening.NOW: 0, Opening.LATER: 1, Opening.NEXT_VISIT: 2, Opening.NEVER: 3}


def _stricter(one: Verdict, other: Verdict) -> bool:
    if one.opening is not other.opening:
        return _RANK[one.opening] > _RANK[other.opening]
    if one.until is not None and other.until is not None:
        return one.until > other.until
    return (one.used or 0) - (one.limit or 0) > (other.used or 0) - (other.limit or 0)
