"""A reading that stays right however often it is looked at: the mixture sequential probability ratio test.

R. Johari, P. Koomen, L. Pekelis, D. Walsh: "Always Valid Inference: Continuous Monitoring of A/B Tests", Operations
Research 70 (2022), 1806-1821, section 5: a normal mixture over the effects that there may be, around none. An ordinary
interval of 95 % misses far more often than in 5 of 100 where somebody stops as soon as it shows something.
"""

import math

_PLANNED = 10_000
"""People at whom the interval is at its narrowest beside an ordinary one. It is right at any number."""


def always_valid(value: float, variance: float, people: int, *, alpha: float) -> tuple[float, float]:
    """The interval around an estimate, and its p-value, that hold at all times at once.

    Args:
        value: The estimate, of no effect 0.
        variance: Of the estimate: its standard error squared. More than 0.
        people: On whom it rests.
        alpha: How often it may be wrong, over all looks together.

    Returns:
        How far the interval reaches to each side, and the p-value.
    """
    # The mixture's own variance is that of the estimate at the planned number: it must not follow what is seen.
    mixture = variance * people / _PLANNED
    both = variance + mixture
    radius = math.sqrt(both * variance / mixture * (math.log(both / variance) - 2 * math.log(alpha)))
    ratio = 0.5 * math.log(variance / both) + mixture * value**2 / (2 * variance * both)
    return radius, min(1.0, math.exp(-ratio))
