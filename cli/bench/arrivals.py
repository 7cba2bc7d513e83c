"""What a provider saw of a herd: how fast it came, how many in any second, and who came first."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Arrival:
    """One message that came in.

    Args:
        at: When, aware.
        urgent: Whether its priority is high.
    """

    at: datetime
    urgent: bool


def per_second(arrivals: Sequence[Arrival]) -> float:
    """The mean rate, from the first to the last.

    Args:
        arrivals: Two or more, in any order.
    """
    instants = sorted(each.at for each in arrivals)
    return (len(instants) - 1) / (instants[-1] - instants[0]).total_seconds()


def most_in_a_second(arrivals: Sequence[Arrival]) -> int:
    """The most that came in within any second, wherever it begins.

    Args:
        arrivals: In any order.
    """
    most, recent = 0, deque[datetime]()
    for instant in sorted(each.at for each in arrivals):
        recent.append(instant)
        while instant - recent[0] >= _SECOND:
            recent.popleft()
        most = max(most, len(recent))
    return most


def urgent_among_the_first(arrivals: Sequence[Arrival]) -> float:
    """The share of urgent messages in as many of the first ones as are urgent in all: 1 where they all came first.

    Args:
        arrivals: In any order; at least one is urgent.
    """
    ordered = sorted(arrivals, key=lambda each: each.at)
    urgent = sum(each.urgent for each in ordered)
    return sum(each.urgent for each in ordered[:urgent]) / urgent
