"""Spreading: of those who wait for the same opening, each goes at a place of their own in the time after it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import ClassVar

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Kind
from fermata.policy.duration import duration_text
from fermata.policy.facts import MessageFacts
from fermata.policy.open_stretch import OpenStretch, open_stretch
from fermata.policy.verdict import OPEN_FOR_GOOD, PASS, Verdict, later
from fermata.policy.weekly_hours import WeeklyHours
from fermata.vocabulary import Reason


class Spread:
    """Over the hours of the channel, of the law and of the person together: what opens last is the opening.

    The place is a share of the time, drawn from the message's key and the profile's id: the same whenever it is asked.
    It lies before those hours close and before the message expires, or there would be no place at all.
    """

    rule: ClassVar[str] = "spread"
    kind: ClassVar[Kind] = Kind.CLOSED
    holds_transactional: ClassVar[bool] = False

    def earliest(self, at: datetime, attempt: Attempt) -> Verdict:
        span, profile_id = attempt.spread_over, attempt.facts.profile.id
        hours = tuple(_hours(attempt))
        if span is None or profile_id is None or not hours:
            return OPEN_FOR_GOOD
        open_now = _together(hours, at, attempt, span)
        if open_now is None or open_now.opened <= at - span:
            return PASS  # whatever is closed moves the time itself; and once the span is over, all have had their place
        message = attempt.facts.message
        ends = min(open_now.opened + span, open_now.closes, message.expires_at or open_now.closes)
        seconds = int((ends - open_now.opened).total_seconds() * _share(message, profile_id))
        place = open_now.opened + timedelta(seconds=seconds)
        return PASS if place <= at else later(place, Reason.SPREAD_IN_WINDOW, f"over {duration_text(span)}")


def _hours(attempt: Attempt) -> Iterator[WeeklyHours]:
    """All the hours that may hold a message until they open. A visit is nobody's opening but the visitor's."""
    if attempt.table.window.kind == "session":
        return
    if attempt.table.window.kind == "hours":
        yield attempt.table.window.hours
    if attempt.facts.profile.quiet_hours is not None:
        yield attempt.facts.profile.quiet_hours.open_hours
    for _, rule in attempt.legal:
        if rule.window.kind == "hours":
            yield rule.window.hours


def _together(hours: tuple[WeeklyHours, ...], at: datetime, attempt: Attempt, reach: timedelta) -> OpenStretch | None:
    """The time around an instant in which all are open, in every zone that the person may be in."""
    opened, closes = at - reach, at + reach
    for each in hours:
        for zone in attempt.zones.names:
            found = open_stretch(each, at, zone, reach)
            if found is None:
                return None
            opened, closes = max(opened, found.opened), min(closes, found.closes)
    return OpenStretch(opened, closes)


def _share(message: MessageFacts, profile_id: str) -> float:
    """From 0 up to but not including 1."""
    digest = blake2b(f"{message.key}\n{profile_id}".encode(), digest_size=6).digest()  # exact as a float
    return int.from_bytes(digest) / 2**48
