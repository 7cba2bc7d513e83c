"""Paths: what people do one after the other, and how many of them come to an outcome in the time after. Pure.

The unit is one person's first walk of a path. It counts whether the outcome followed within the horizon, beside the
first walks of all other paths of the same length: so somebody who is watched longer is not taken for more willing.
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from statsmodels.stats.multitest import multipletests

from fermata.analytics.proportions import ALPHA, Counts, difference_p_value, ratio_interval

_MOST_PATHS = 200_000
"""Held at once. Beyond it the rarest are let go; what is common is never among them."""

_STEPS_OF_TIME = 20
"""Of the logarithm of a time: a median is right to five per cent, and its memory does not grow."""


@dataclass(frozen=True, slots=True)
class Path:
    """One path, and what followed on it.

    Args:
        steps: Names of events, in order, repeats taken together.
        people: Who walked it at all, each once.
        reached: How many of them came to the outcome within the horizon after.
        rate: Their share.
        others: The share after all other paths of this length.
        lift: ``rate / others``; None where no other path came to it.
        low, high: Of the lift, an interval of 95 %.
        p_value: How often chance alone would show as much, if this were the only path looked at.
        adjusted: The same with a correction for all that were looked at (Benjamini and Yekutieli, 2001: one person
            walks many paths): of those that are called below 0.05, at most one in twenty is called wrongly.
        seconds: From the path to the outcome, the median; None where nobody came to it.
    """

    steps: tuple[str, ...]
    people: int
    reached: int
    rate: float
    others: float
    lift: float | None
    low: float | None
    high: float | None
    p_value: float
    adjusted: float
    seconds: float | None

    @property
    def is_clear(self) -> bool:
        """Whether chance hardly explains it, all others looked at."""
        return self.adjusted < ALPHA


RANKING: Mapping[str, Callable[[Path], tuple[float, ...]]] = {
    "lift": lambda path: (not path.is_clear, -(path.low or 0.0)),
    "frequency": lambda path: (-path.people,),
    "time": lambda path: (not path.is_clear, path.seconds if path.seconds is not None else float("inf")),
}
"""What comes first: the least of these. By lift it is the lower end of the interval that counts, where it is clear."""


@dataclass(slots=True)
class _Followed:
    people: int = 0
    reached: int = 0
    times: Counter[int] = field(default_factory=Counter)


class PathCount:
    """Takes people in one by one; memory grows with the paths, which are held within bounds, not with people or events.

    Args:
        horizon: Seconds after a path in which the outcome counts.
        longest: Steps of the longest path.
    """

    def __init__(self, horizon: float, longest: int = 3) -> None:
        self._horizon = horizon
        self._longest = longest
        self._followed: dict[tuple[str, ...], _Followed] = {}
        self._least = 1
        self.people = 0

    def add(self, names: Sequence[str], times: Sequence[float], outcomes: Sequence[float], until: float) -> None:
        """Takes in a person.

        Args:
            names: Of their events but the outcome, in the order of time.
            times: Of these events, in seconds.
            outcomes: When they came to the outcome, in order.
            until: The end of what is known: of a path that ended less than the horizon before it nothing can be said.
        """
        self.people += 1
        for path, at in self._first_walks(names, times, outcomes, until - self._horizon):
            followed = self._followed.setdefault(path, _Followed())
            followed.people += 1
            place = bisect_right(outcomes, at)
            if place < len(outcomes) and outcomes[place] - at <= self._horizon:
                followed.reached += 1
                followed.times[_bucket(outcomes[place] - at)] += 1
        while len(self._followed) > _MOST_PATHS:
            self._let_the_rarest_go()

    def paths(self, fewest: int = 20) -> list[Path]:
        """All paths that enough people walked, those first whose lift is surely high.

        Args:
            fewest: People who must have walked one.
        """
        by_length: dict[int, _Followed] = {}
        for steps, followed in self._followed.items():
            total = by_length.setdefault(len(steps), _Followed())
            total.people += followed.people
            total.reached += followed.reached
        found = [
            _compared(steps, followed, by_length[len(steps)])
            for steps, followed in self._followed.items()
            if followed.people >= max(fewest, self._least)
        ]
        return sorted(_adjusted(found), key=lambda path: (*RANKING["lift"](path), path.steps))

    def _first_walks(
        self, names: Sequence[str], times: Sequence[float], outcomes: Sequence[float], last: float
    ) -> Iterator[tuple[tuple[str, ...], float]]:
        """Each path that the person walked, with the time at which they had first walked it to its end."""
        seen: set[tuple[str, ...]] = set()
        recent: list[str] = []
        cycle = 0
        for name, at in zip(names, times, strict=True):
            if at > last:
                return
            now = bisect_right(outcomes, at)
            if now != cycle:  # an outcome lies between: what came before it leads to nothing after it
                recent, cycle = [], now
            if recent and recent[-1] == name:
                continue
            recent = [*recent[1 - self._longest :], name] if self._longest > 1 else [name]
            for length in range(1, len(recent) + 1):
                path = tuple(recent[-length:])
                if path not in seen:
                    seen.add(path)
                    yield path, at

    def _let_the_rarest_go(self) -> None:
        self._least += 1
        self._followed = {path: each for path, each in self._followed.items() if each.people >= self._least}


def _bucket(seconds: float) -> int:
    return round(math.log1p(seconds) * _STEPS_OF_TIME)


def _median(times: Counter[int]) -> float | None:
    half = (sum(times.values()) + 1) // 2
    for bucket in sorted(times):
        half -= times[bucket]
        if half <= 0:
            return math.expm1(bucket / _STEPS_OF_TIME)
    return None


def _compared(steps: tuple[str, ...], mine: _Followed, all_of_length: _Followed) -> Path:
    people, reached = all_of_length.people - mine.people, all_of_length.reached - mine.reached
    others = reached / people if people else 0.0
    rate = mine.reached / mine.people
    lift = low = high = None
    p_value = 1.0
    if people and 0 < mine.reached + reached < mine.people + people:
        counts = Counts(mine.reached, mine.people, reached, people)
        p_value = difference_p_value(counts)
        if reached:
            lift = rate / others
            low, high = ratio_interval(counts)
    return Path(
        steps=steps,
        people=mine.people,
        reached=mine.reached,
        rate=rate,
        others=others,
        lift=lift,
        low=low,
        high=high,
        p_value=p_value,
        adjusted=p_value,
        seconds=_median(mine.times),
    )


def _adjusted(found: list[Path]) -> list[Path]:
    if not found:
        return []
    _, adjusted, _, _ = multipletests([path.p_value for path in found], method="fdr_by")
    return [replace(path, adjusted=float(value)) for path, value in zip(found, adjusted, strict=True)]
