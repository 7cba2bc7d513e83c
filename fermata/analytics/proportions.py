"""Two shares of two crowds, compared by statsmodels: how far apart they are, how many times one is the other."""

from typing import NamedTuple

import numpy as np
from statsmodels.stats.proportion import confint_proportions_2indep, test_proportions_2indep

ALPHA = 0.05
"""How often an interval misses, and below which a p-value is called."""

_DIFFERENCE, _RATIO = "agresti-caffo", "log-adjusted"
"""Intervals that hold for few people too: A. Agresti, B. Caffo (2000), whose p-value agrees with it, and that of the
logarithm of the ratio with a half added to each count (S. D. Walter 1975)."""


class Counts(NamedTuple):
    """How many of how many, on both sides."""

    reached: int
    people: int
    other_reached: int
    other_people: int


def difference_interval(counts: Counts) -> tuple[float, float]:
    """The interval of the difference of the shares.

    Args:
        counts: No side is empty.
    """
    low, high = confint_proportions_2indep(*counts, compare="diff", method=_DIFFERENCE, alpha=ALPHA)
    return float(low), float(high)


def difference_p_value(counts: Counts) -> float:
    """How often chance alone would show such a difference where there is none.

    Args:
        counts: No side is empty.
    """
    with np.errstate(divide="ignore", invalid="ignore"):  # it works out an odds ratio too, that nobody asks for
        return float(test_proportions_2indep(*counts, compare="diff", method=_DIFFERENCE).pvalue)


def ratio_interval(counts: Counts) -> tuple[float, float]:
    """The interval of the ratio of the shares.

    Args:
        counts: Somebody on the other side was reached.
    """
    low, high = confint_proportions_2indep(*counts, compare="ratio", method=_RATIO, alpha=ALPHA)
    return float(low), float(high)
