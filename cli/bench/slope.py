"""How fast a figure grows: the line through its samples, with an interval."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

_WIDE = 2.0  # standard errors: 95 % of what chance does, from some twenty samples on
_FEWEST = 4


@dataclass(frozen=True, slots=True)
class Slope:
    """The slope of a straight line.

    Args:
        each: Growth in one unit of time.
        give: So much more or less, with 95 % confidence.
    """

    each: float
    give: float

    @property
    def is_flat(self) -> bool:
        """Whether the figure may as well not grow at all."""
        return self.each - self.give <= 0


def slope_of(samples: Sequence[tuple[float, float]], *, within: float) -> Slope | None:
    """Draws the line through the medians of equal spans of time.

    One sample looks much like the next, so that each by itself would make the interval far too narrow.

    Args:
        samples: Time and figure, in the order of time.
        within: How long a span is.

    Returns:
        The slope; None where there are too few spans.
    """
    spans: dict[int, list[tuple[float, float]]] = {}
    for at, figure in samples:
        spans.setdefault(int(at // within), []).append((at, figure))
    points = [
        (statistics.fmean(at for at, _ in each), statistics.median(figure for _, figure in each))
        for each in spans.values()
    ]
    if len(points) < _FEWEST:
        return None
    line = statistics.linear_regression(*zip(*points, strict=True))
    off = sum((figure - line.intercept - line.slope * at) ** 2 for at, figure in points)
    middle = statistics.fmean(at for at, _ in points)
    spread = sum((at - middle) ** 2 for at, _ in points)
    return Slope(line.slope, _WIDE * math.sqrt(off / (len(points) - 2) / spread))
