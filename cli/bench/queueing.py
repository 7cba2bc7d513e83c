"""Simulates a crowd that goes through stages one after the other: how long each waits, with chance in every service.

Each stage serves in order of arrival. What a real one may have beside (priorities, retries) makes some wait less and
others more, and none of it changes when the last one is through.
"""

import heapq
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """A stage with servers side by side.

    Args:
        name: What it is.
        servers: How many serve at once.
        seconds: How long one service lasts, on average; exponentially distributed, the unkindest that is usual.
        rate: The most that leave in a second, evenly spaced; None for no limit.
    """

    name: str
    servers: int
    seconds: float
    rate: float | None = None

    @property
    def capacity(self) -> float:
        """How many it can serve in a second."""
        served = self.servers / self.seconds
        return min(served, self.rate) if self.rate is not None else served


def pass_through(arrivals: Iterable[float], stages: Sequence[Stage], seed: int) -> list[float]:
    """Sends everybody through all stages.

    Args:
        arrivals: When each comes to the first, in seconds.
        stages: In their order.
        seed: Of the chance.

    Returns:
        When each has left the last stage, in the order of arrivals at it.
    """
    chance = random.Random(seed)  # noqa: S311 - nothing is secret about it
    times = sorted(arrivals)
    for stage in stages:
        times = _served(times, stage, chance)
    return times


def _served(arrivals: Sequence[float], stage: Stage, chance: random.Random) -> list[float]:
    free = [0.0] * stage.servers
    left = []
    for arrival in arrivals:
        begun = max(arrival, free[0])
        end = begun + chance.expovariate(1 / stage.seconds)
        heapq.heapreplace(free, end)
        left.append(end)
    left.sort()
    return _spaced(left, stage.rate) if stage.rate is not None else left


def _spaced(times: Sequence[float], rate: float) -> list[float]:
    """No two leave closer to each other than the rate lets them."""
    spaced, last = [], float("-inf")
    for time in times:
        last = max(time, last + 1 / rate)
        spaced.append(last)
    return spaced


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of all lies.

    Args:
        values: At least one.
        share: Between 0 and 1.
    """
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
