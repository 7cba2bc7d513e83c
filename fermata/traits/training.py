"""Trains a model and measures it on a later period. The one module that needs scikit-learn: no server imports it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from scipy.stats import ttest_rel
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.preprocessing import StandardScaler

from fermata.traits.acceptance import not_good_enough, too_little
from fermata.traits.features import NAMES
from fermata.traits.training_record import (
    Assessment,
    Coefficient,
    Coefficients,
    ModelKind,
    Reliability,
    Sample,
    Training,
)

_MOST_GROUPS = 10
_FEWEST_IN_A_GROUP = 50  # in fewer, chance alone moves the share that comes true by more than a tenth
_Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Examples:
    """People at a cut-off: what was known of them then, and what became of them.

    Args:
        cut_off, until: The cut-off, and up to when it was seen what became of them (aware).
        features: One row a person, each by ``features_of``.
        outcomes: One a person: whether it came true.
    """

    cut_off: datetime
    until: datetime
    features: Sequence[tuple[float, ...]]
    outcomes: Sequence[bool]

    @property
    def sample(self) -> Sample:
        """How many they are."""
        return Sample(cut_off=self.cut_off, until=self.until, people=len(self.outcomes), positives=sum(self.outcomes))


def train(kind: ModelKind, examples: Examples, held_out: Examples, at: datetime) -> Training:
    """Trains a model on one period, measures it on a later one, and says whether it is put in force.

    What is put in force is the very model that was measured.

    Args:
        kind: What it is to foretell.
        examples: Of the earlier period.
        held_out: Of the later one.
        at: The present, aware.
    """
    sample, later = examples.sample, held_out.sample
    missing = too_little(sample, later)
    if missing is not None:
        return Training(
            kind=kind, trained_at=at, sample=sample, held_out=later, accepted=False, verdict=f"not trained: {missing}"
        )
    scaler = StandardScaler().fit(np.array(examples.features))
    regression = LogisticRegression().fit(scaler.transform(np.array(examples.features)), np.array(examples.outcomes))
    foretold = regression.predict_proba(scaler.transform(np.array(held_out.features)))[:, 1]
    assessment = assess(foretold, np.array(held_out.outcomes, dtype=np.float64))
    reason = not_good_enough(assessment)
    return Training(
        kind=kind,
        trained_at=at,
        sample=sample,
        held_out=later,
        coefficients=_coefficients(scaler, regression),
        assessment=assessment,
        accepted=reason is None,
        verdict="in force: it foretells better than the rate alone" if reason is None else f"not in force: {reason}",
    )


def assess(foretold: _Numbers, outcomes: _Numbers) -> Assessment:
    """Returns how good probabilities were.

    Args:
        foretold: One a person.
        outcomes: What became of each, 1 or 0.
    """
    base_rate = np.full_like(foretold, outcomes.mean())
    # Person by person, so that who is hard to foretell for anybody does not hide the difference.
    difference = ttest_rel((base_rate - outcomes) ** 2, (foretold - outcomes) ** 2, alternative="greater")
    table = _reliability(foretold, outcomes)
    people = sum(row.people for row in table)
    return Assessment(
        brier=float(brier_score_loss(outcomes, foretold)),
        brier_of_base_rate=float(brier_score_loss(outcomes, base_rate)),
        by_chance=float(np.nan_to_num(difference.pvalue, nan=1.0)),  # no difference at all has no p
        auc=float(roc_auc_score(outcomes, foretold)),
        calibration_error=sum(row.people * abs(row.foretold - row.came_true) for row in table) / people,
        reliability=table,
    )


def _reliability(foretold: _Numbers, outcomes: _Numbers) -> tuple[Reliability, ...]:
    groups = min(_MOST_GROUPS, max(len(outcomes) // _FEWEST_IN_A_GROUP, 1))
    came_true, means = calibration_curve(outcomes, foretold, n_bins=groups, strategy="quantile")
    # The library leaves the numbers of people out; its edges are these quantiles, and empty groups are dropped.
    edges = np.quantile(foretold, np.linspace(0, 1, groups + 1))[1:-1]
    numbers = np.bincount(np.searchsorted(edges, foretold), minlength=groups)
    rows = zip(numbers[numbers > 0], means, came_true, strict=True)
    return tuple(Reliability(people=int(n), foretold=float(mean), came_true=float(rate)) for n, mean, rate in rows)


def _coefficients(scaler: StandardScaler, regression: LogisticRegression) -> Coefficients:
    rows = zip(NAMES, scaler.mean_, scaler.scale_, regression.coef_[0], strict=True)
    return Coefficients(
        intercept=float(regression.intercept_[0]),
        features=tuple(
            Coefficient(feature=name, mean=float(mean), scale=float(scale), weight=float(weight))
            for name, mean, scale, weight in rows
        ),
    )
