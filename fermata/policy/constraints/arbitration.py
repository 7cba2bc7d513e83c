"""A message yields its slot to a waiting one of higher priority that would otherwise lose it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from fermata.policy.attempt import Attempt
from fermata.policy.cap import Cap
from fermata.policy.constraint import Kind
from fermata.policy.facts import Waiting
from fermata.policy.tally import Tally, first_day, next_period
from fermata.policy.verdict import OPEN_FOR_GOOD, PASS, Opening, Verdict, strictest
from fermata.policy.zones import wall
from fermata.vocabulary import Reason

_YIELDS = Reason.YIELDS_TO_PRIORITY


class Arbitration:
    """A waiting message of higher priority on the channel counts as an exposure at its next eligible time.

    Speaks only where the waiting ones alone fill a cap: a cap that is full without them has its own constraint.
    """

    rule: ClassVar[str] = "arbitration"
    kind: ClassVar[Kind] = Kind.CLOSED
    holds_transactional: ClassVar[bool] = False

    def earliest(self, at: datetime, attempt: Attempt) -> Verdict:
        if not attempt.ahead:
            return OPEN_FOR_GOOD
        tallies = (*attempt.channel_tallies, *attempt.cross_channel_tallies, *attempt.legal_tallies)
        claims = len(attempt.ahead)
        # Where all that ever was and all that waits together leave room, there is nothing to yield.
        tight = [tally for tally in tallies if len(tally.taken) + claims >= tally.cap.limit]
        return strictest([_yields(at, attempt, tally) for tally in tight])


def _yields(at: datetime, attempt: Attempt, tally: Tally) -> Verdict:
    cap = tally.cap
    used = tally.used(at)
    if used >= cap.limit:
        return PASS
    ahead = _on_topic(attempt, cap)
    per = cap.per
    if not isinstance(per, timedelta):
        due = sum(waiting.next_eligible_at is None or waiting.next_eligible_at <= at for waiting in ahead)
        full = tally.session is not None and used + due >= cap.limit
        return Verdict(Opening.NEXT_VISIT, None, _YIELDS, used, cap.limit, cap.text) if full else PASS
    claims = [waiting.next_eligible_at for waiting in ahead if waiting.next_eligible_at is not None]
    exposed = tally.instants[len(tally.instants) - used :]  # the others left the cap's time
    if cap.kind == "rolling":
        until = _rolling(at, cap.limit, per, exposed, claims)
    else:
        until = _calendar(at, tally.zones, cap.limit, per, [*exposed, *claims])
    return PASS if until == at else Verdict(Opening.LATER, until, _YIELDS, used, cap.limit, cap.text)


def _on_topic(attempt: Attempt, cap: Cap) -> Sequence[Waiting]:
    topic = attempt.facts.message.topic
    if cap.by != "topic" or topic is None:
        return attempt.ahead
    return [waiting for waiting in attempt.ahead if waiting.topic in (None, topic)]


def _rolling(at: datetime, limit: int, per: timedelta, used: Sequence[datetime], claims: list[datetime]) -> datetime:
    """Returns the first instant, not before ``at``, at which one more exposure leaves every claim its slot.

    Looks ahead too: an exposure now must not fill the time that ends with a claim that is still to come.
    """
    while _over(at, limit, per, used, claims):
        at = min(instant + per for instant in (*used, *claims) if instant + per > at)
    return at


def _over(at: datetime, limit: int, per: timedelta, used: Sequence[datetime], claims: list[datetime]) -> bool:
    ends = [at, *(claim for claim in claims if at <= claim < at + per)]
    return any(
        1 + sum(instant > end - per for instant in used) + sum(end - per < claim <= end for claim in claims) > limit
        for end in ends
    )


def _calendar(at: datetime, zones: tuple[str, ...], limit: int, per: timedelta, taken: list[datetime]) -> datetime:
    """Returns the first instant, not before ``at``, whose day or week has room beside exposures and claims."""

    def full(zone: str) -> bool:
        first = first_day(at, zone, per)
        return sum(first <= wall(instant, zone).date() < first + per for instant in taken) >= limit

    while any(full(zone) for zone in zones):
        at = min(next_period(at, zone, per) for zone in zones if full(zone))
    return at
