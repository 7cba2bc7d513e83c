"""Lift: how much more people do because they were reached, beside those who were held out. Pure; by statsmodels."""

import math
from dataclasses import dataclass

from scipy import stats
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from fermata.analytics.peeking import always_valid
from fermata.analytics.proportions import ALPHA, Counts, difference_interval, difference_p_value, ratio_interval
from fermata.errors import FermataError

_POWER = 0.8
_UNBALANCED_BELOW = 0.001
"""A share this far from the one that was meant comes up once in a thousand experiments: something else is wrong."""


class NoComparison(FermataError):
    """There is nobody to compare with."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One side of a comparison.

    Args:
        people: Who were assigned to it, whether anything reached them or not.
        converted: How many of them did what is asked for.
        revenue: Of all of them together, in one currency.
        revenue_squared: The sum of the squares of each one's revenue.
    """

    people: int
    converted: int
    revenue: float = 0.0
    revenue_squared: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.converted <= self.people:
            raise ValueError(f"{self.converted} of {self.people} people cannot have converted")

    @property
    def rate(self) -> float:
        """The share that converted; 0 of nobody."""
        return self.converted / self.people if self.people else 0.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval of 95 %.

    Args:
        value: The best guess.
        low, high: The interval.
        p_value: How often chance alone would show as much where there is no effect; None where that is not asked.
    """

    value: float
    low: float
    high: float
    p_value: float | None = None


@dataclass(frozen=True, slots=True)
class Lift:
    """What reaching people brought.

    Args:
        reached, held_out: Both sides.
        absolute: The difference of the rates: 0.03 for three points.
        relative: The ratio of the rates less one: 0.5 for half as many again; None where nobody held out converted.
        at_any_time: The difference again, with an interval that may be looked at as often as one likes; None where
            all people did the same.
        revenue: The difference of the revenue of a person; None where there is no revenue, or less than two people.
        people_needed: On each side, to see a difference as large as this one in four of five experiments; None where
            there is no difference.
        imbalance: The chance of sides as unequal as these; None where no share was meant.
        is_clear: Whether chance alone hardly explains the difference of the rates.
        is_unbalanced: Whether the sides are not what was meant (a sample-ratio mismatch): then no other figure can be
            believed.
    """

    reached: Arm
    held_out: Arm
    absolute: Estimate
    relative: Estimate | None
    at_any_time: Estimate | None
    revenue: Estimate | None
    people_needed: int | None
    imbalance: float | None
    is_clear: bool
    is_unbalanced: bool


def lift(reached: Arm, held_out: Arm, *, share: float | None = None) -> Lift:
    """Compares both sides.

    Args:
        reached: Those who were not held out.
        held_out: Those who were.
        share: Which part of all was to be held out; None where that is not one number.

    Raises:
        NoComparison: A side has nobody.
    """
    for arm, who in ((reached, "was reached"), (held_out, "was held out")):
        if arm.people == 0:
            raise NoComparison(
                f"nobody {who}, so there is nothing to compare with; give the journey a holdout, and time"
            )
    absolute, imbalance = _absolute(reached, held_out), _imbalance(reached, held_out, share)
    return Lift(
        reached=reached,
        held_out=held_out,
        absolute=absolute,
        relative=_relative(reached, held_out),
        at_any_time=_at_any_time(reached, held_out),
        revenue=_revenue(reached, held_out),
        people_needed=people_needed(held_out.rate, reached.rate),
        imbalance=imbalance,
        is_clear=absolute.p_value is not None and absolute.p_value < ALPHA,
        is_unbalanced=imbalance is not None and imbalance < _UNBALANCED_BELOW,
    )


def people_needed(rate: float, other: float) -> int | None:
    """How many people each side needs so that four of five experiments show this difference, at a level of 5 %.

    Args:
        rate, other: Both rates.

    Returns:
        None where they are equal: no number shows that.
    """
    effect = proportion_effectsize(other, rate)
    if not effect:
        return None
    number: float = NormalIndPower().solve_power(effect_size=effect, alpha=ALPHA, power=_POWER)
    return math.ceil(number)


def _absolute(reached: Arm, held_out: Arm) -> Estimate:
    counts = _counts(reached, held_out)
    return Estimate(reached.rate - held_out.rate, *difference_interval(counts), difference_p_value(counts))


def _relative(reached: Arm, held_out: Arm) -> Estimate | None:
    if held_out.converted == 0 or reached.rate == held_out.rate == 1:
        return None
    low, high = ratio_interval(_counts(reached, held_out))
    return Estimate(reached.rate / held_out.rate - 1, low - 1, high - 1)


def _counts(reached: Arm, held_out: Arm) -> Counts:
    return Counts(reached.converted, reached.people, held_out.converted, held_out.people)


def _at_any_time(reached: Arm, held_out: Arm) -> Estimate | None:
    value = reached.rate - held_out.rate
    variance = sum(arm.rate * (1 - arm.rate) / arm.people for arm in (reached, held_out))
    if not variance:
        return None
    radius, p_value = always_valid(value, variance, reached.people + held_out.people, alpha=ALPHA)
    return Estimate(value, value - radius, value + radius, p_value)


def _revenue(reached: Arm, held_out: Arm) -> Estimate | None:
    if min(reached.people, held_out.people) < 2 or not (reached.revenue or held_out.revenue):
        return None
    sides = [_described(arm) for arm in (reached, held_out)]
    compared = CompareMeans(*sides)
    low, high = compared.tconfint_diff(alpha=ALPHA, usevar="unequal")
    _, p_value, _ = compared.ttest_ind(usevar="unequal")
    return Estimate(float(sides[0].mean - sides[1].mean), float(low), float(high), float(p_value))


def _described(arm: Arm) -> DescrStatsW:
    """A side by two values that have its mean and its variance: what Welch's comparison needs, and no more."""
    mean = arm.revenue / arm.people
    spread = math.sqrt(max(arm.revenue_squared / arm.people - mean**2, 0.0))
    return DescrStatsW([mean - spread, mean + spread], weights=[arm.people / 2, arm.people / 2])


def _imbalance(reached: Arm, held_out: Arm, share: float | None) -> float | None:
    if share is None or not 0 < share < 1:
        return None
    people = reached.people + held_out.people
    return float(stats.chisquare([reached.people, held_out.people], [people * (1 - share), people * share]).pvalue)
