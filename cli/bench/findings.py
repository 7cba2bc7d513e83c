"""What a benchmark found: comparisons, each the median of paired ratios with its spread, and a target it may have."""

import statistics
from collections.abc import Sequence
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, computed_field

from cli.bench.pairs import Pair


class _Found(BaseModel):
    model_config = ConfigDict(frozen=True)


class Ratio(_Found):
    """How ours compares with the baseline: ours divided by baseline, pair by pair.

    Args:
        median: Of the ratios of the pairs.
        low, high: The least and the greatest of them.
    """

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, pairs: Sequence[Pair[float]]) -> Self:
        """The ratio of measured pairs.

        Args:
            pairs: At least one; no baseline is 0.
        """
        ratios = [pair.ours / pair.baseline for pair in pairs]
        return cls(median=statistics.median(ratios), low=min(ratios), high=max(ratios))


class Target(_Found):
    """What an issue asks for.

    Args:
        of: Whether of the ratio, or of our own figure.
        direction: On which side of the bound is good.
        bound: The figure.
    """

    of: Literal["ratio", "ours"] = "ratio"
    direction: Literal["at least", "at most"]
    bound: float

    def reached_by(self, ratio: Ratio, ours: float) -> bool:
        """Whether a comparison reaches it, by its medians."""
        figure = ratio.median if self.of == "ratio" else ours
        return figure >= self.bound if self.direction == "at least" else figure <= self.bound


class Comparison(_Found):
    """Ours beside a baseline of the same run.

    Args:
        what: What is measured.
        unit: Of both figures.
        beside: What the baseline is.
        baseline, ours: Medians.
        ratio: Of ours to baseline, pair by pair.
        pairs: All that was measured, in order.
        target: Where an issue names one.
    """

    what: str
    unit: str
    beside: str
    baseline: float
    ours: float
    ratio: Ratio
    pairs: tuple[Pair[float], ...]
    target: Target | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def reached(self) -> bool | None:
        """Whether the target is reached; None where there is none."""
        return self.target.reached_by(self.ratio, self.ours) if self.target is not None else None


class Findings(_Found):
    """All that one benchmark found.

    Args:
        name: Of the benchmark.
        compares: What it compares, in a sentence.
        comparisons: In the order in which they were measured.
        notes: What was seen beside the figures.
    """

    name: str
    compares: str
    comparisons: tuple[Comparison, ...]
    notes: tuple[str, ...] = ()


def compare(
    what: str, unit: str, *, beside: str, pairs: Sequence[Pair[float]], target: Target | None = None
) -> Comparison:
    """Draws the conclusion from measured pairs.

    Args:
        what: What is measured.
        unit: Of both figures.
        beside: What the baseline is.
        pairs: At least one; no baseline is 0.
        target: Where an issue names one.
    """
    return Comparison(
        what=what,
        unit=unit,
        beside=beside,
        baseline=statistics.median(pair.baseline for pair in pairs),
        ours=statistics.median(pair.ours for pair in pairs),
        ratio=Ratio.of(pairs),
        pairs=tuple(pairs),
        target=target,
    )
