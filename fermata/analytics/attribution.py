"""Attribution: which channels conversions are owed to, by rules about places in the path and by a Markov chain. Pure.

The removal effect is that of E. Anderl, I. Becker, F. v. Wangenheim, J. H. Schumann: "Mapping the customer journey",
International Journal of Research in Marketing 33 (2016): people walk from touch to touch as often as they did, and a
channel is owed what would not have happened had every walk that comes to it ended there. It is solved, not simulated.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_ENDS = 0.4
"""Of a conversion, that the first and the last touch get each by their position."""

_START, _CONVERSION, _NULL = object(), object(), object()
HALF_LIFE = timedelta(days=7)
"""A touch this long before the conversion is owed half of what one right before it is."""


class Model(StrEnum):
    """How a conversion is divided among the touches before it."""

    FIRST = "first"
    LAST = "last"
    LINEAR = "linear"
    TIME_DECAY = "time_decay"
    POSITION = "position"
    MARKOV = "markov"


@dataclass(frozen=True, slots=True)
class Walk:
    """The touches of one person on the way to one conversion, or to none.

    Args:
        channels: In order; at least one.
        ages: How long before the end each of them was.
        converted: Whether it ended in a conversion.
        value: Of the conversion.
    """

    channels: tuple[str, ...]
    ages: tuple[timedelta, ...]
    converted: bool
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class Credit:
    """What one channel is owed.

    Args:
        conversions, value: Its part; all parts together are all that there were.
        removal_effect: The share of all conversions that there would not be without it; by the Markov chain only.
    """

    conversions: float
    value: float
    removal_effect: float | None = None


class Attribution:
    """Takes walks in one by one, and keeps sums only: memory grows with the channels, not with the walks.

    Args:
        half_life: For ``Model.TIME_DECAY``.
    """

    def __init__(self, half_life: timedelta = HALF_LIFE) -> None:
        self._half_life = half_life
        self._by_rule: dict[Model, dict[str, Credit]] = {rule: {} for rule in _RULES}
        self._steps: Counter[tuple[object, object]] = Counter()
        self._value = 0.0
        self.conversions = 0
        self.walks = 0

    def add(self, walk: Walk) -> None:
        """Takes in a walk."""
        self.walks += 1
        path = (_START, *walk.channels, _CONVERSION if walk.converted else _NULL)
        self._steps.update(pairwise(path))
        if not walk.converted:
            return
        self.conversions += 1
        self._value += walk.value
        for rule, weigh in _RULES.items():
            weights = weigh(walk, self._half_life)
            total, owed = sum(weights), self._by_rule[rule]
            for channel, weight in zip(walk.channels, weights, strict=True):
                before = owed.get(channel, Credit(0.0, 0.0))
                part = weight / total
                owed[channel] = Credit(before.conversions + part, before.value + walk.value * part)

    def credits(self, model: Model) -> dict[str, Credit]:
        """What each channel is owed, the most first.

        Args:
            model: How conversions are divided.
        """
        if model is Model.MARKOV:
            return self._by_removal()
        return dict(sorted(self._by_rule[model].items(), key=lambda each: (-each[1].conversions, each[0])))

    def _by_removal(self) -> dict[str, Credit]:
        effects = removal_effects(self._steps, start=_START, conversion=_CONVERSION)
        total = sum(effects.values())
        if not total:
            return {}
        return {
            str(channel): Credit(self.conversions * effect / total, self._value * effect / total, effect)
            for channel, effect in sorted(effects.items(), key=lambda each: (-each[1], str(each[0])))
        }


def removal_effects(
    steps: Mapping[tuple[object, object], int], *, start: object, conversion: object
) -> dict[object, float]:
    """Which share of the conversions there would not be without each state, of a Markov chain of the first order.

    Args:
        steps: How often each step was taken.
        start: Where every walk begins.
        conversion: Where those end that are worth something. Whatever no step leads away from is an end.
    """
    states = list(dict.fromkeys(state for state, _ in steps if state != start))
    if not states:
        return {}
    index = {state: number for number, state in enumerate([start, *states])}
    taken = Counter[object]()
    for (state, _), times in steps.items():
        taken[state] += times
    inner, wins = np.zeros((len(index), len(index))), np.zeros(len(index))
    for (state, following), times in steps.items():
        if following == conversion:
            wins[index[state]] += times / taken[state]
        elif following in index:
            inner[index[state], index[following]] += times / taken[state]
    everything = _chance(inner, wins)
    if not everything:
        return dict.fromkeys(states, 0.0)
    effects = {}
    for state in states:
        without, lost = inner.copy(), wins.copy()
        without[:, index[state]] = 0.0
        lost[index[state]] = 0.0
        effects[state] = max(0.0, 1 - _chance(without, lost) / everything)
    return effects


def _chance(inner: Numbers, wins: Numbers) -> float:
    """How likely a walk from the start ends in a conversion."""
    return float(np.linalg.solve(np.eye(len(wins)) - inner, wins)[0])


def _first(walk: Walk, _: timedelta) -> list[float]:
    return [1.0, *[0.0] * (len(walk.channels) - 1)]


def _last(walk: Walk, _: timedelta) -> list[float]:
    return [*[0.0] * (len(walk.channels) - 1), 1.0]


def _linear(walk: Walk, _: timedelta) -> list[float]:
    return [1.0] * len(walk.channels)


def _position(walk: Walk, _: timedelta) -> list[float]:
    between = len(walk.channels) - 2
    if between <= 0:
        return [1.0] * len(walk.channels)
    return [_ENDS, *[(1 - 2 * _ENDS) / between] * between, _ENDS]


def _time_decay(walk: Walk, half_life: timedelta) -> list[float]:
    # Beside the latest touch: of a walk that is all long ago the weights would vanish.
    return [0.5 ** ((age - walk.ages[-1]) / half_life) for age in walk.ages]


_RULES: Mapping[Model, Callable[[Walk, timedelta], list[float]]] = {
    Model.FIRST: _first,
    Model.LAST: _last,
    Model.LINEAR: _linear,
    Model.TIME_DECAY: _time_decay,
    Model.POSITION: _position,
}
