"""How far back an exposure can still matter: what a ledger must read before it asks for a decision."""

from collections.abc import Iterator
from datetime import timedelta

from fermata.policy.cap import VISIT, Cap
from fermata.policy.document import Policy
from fermata.vocabulary import MESSAGE_CHANNELS

_DAY = timedelta(days=1)
_LEAST = 2 * _DAY  # legal caps are per day, and no visit lasts longer


def horizon(policy: Policy) -> timedelta:
    """The time before a decision in which an exposure can count toward any cap or cool-down of a policy.

    Args:
        policy: The policy that decides.
    """
    return max((_LEAST, *_reaches(policy)))


def _reaches(policy: Policy) -> Iterator[timedelta]:
    tables = [policy.channels.table(channel) for channel in sorted(MESSAGE_CHANNELS)]
    if policy.cross_channel is not None:
        yield from _of(policy.cross_channel.caps, policy.cross_channel.cool_down)
    for table in tables:
        yield from _of(table.caps, table.cool_down)


def _of(caps: tuple[Cap, ...], cool_down: timedelta | None) -> Iterator[timedelta]:
    if cool_down is not None:
        yield cool_down
    for cap in caps:
        if cap.per != VISIT:
            # A calendar week began at most a week ago, by any clock on earth.
            yield cap.per + _DAY
