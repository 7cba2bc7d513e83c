"""What is kept of one training: coefficients, samples, how good it was on a later period, and what was made of it."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class ModelKind(StrEnum):
    """What a model foretells of the next 30 days."""

    CHURN_RISK = "churn_risk"
    PURCHASE_PROPENSITY = "purchase_propensity"

    @property
    def words(self) -> str:
        """What they are likely to do: "to buy"."""
        return "not to come back" if self is ModelKind.CHURN_RISK else "to buy"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Sample(_Record):
    """People at a cut-off, and how many of them it came true for in the time after it.

    Args:
        cut_off: What was known before it (aware).
        until: Up to when it was seen what became of them.
        people: How many.
        positives: How many of them.
    """

    cut_off: datetime
    until: datetime
    people: int
    positives: int

    @property
    def rate(self) -> float:
        """The share of positives; 0 of nobody."""
        return self.positives / self.people if self.people else 0.0


class Coefficient(_Record):
    """What one feature does.

    Args:
        feature: Its name.
        mean, scale: Of the people that it was trained on: a value is taken as (value - mean) / scale.
        weight: What one such unit adds to the log-odds.
    """

    feature: str
    mean: float
    scale: float
    weight: float


class Coefficients(_Record):
    """A logistic regression, as numbers.

    Args:
        intercept: The log-odds of somebody who is average in everything.
        features: In their order.
    """

    intercept: float
    features: tuple[Coefficient, ...]


class Reliability(_Record):
    """One row of the reliability table: people of like probability.

    Args:
        people: How many.
        foretold: The mean of their probabilities.
        came_true: The share for whom it came true.
    """

    people: int
    foretold: float
    came_true: float


class Assessment(_Record):
    """How good a model was on a period that it had not seen.

    Args:
        brier: Mean squared difference of probability and outcome; smaller is better.
        brier_of_base_rate: That of giving everybody the period's own rate, which no forecaster could know.
        by_chance: How likely a difference at least so good is by chance: the p of a one-sided paired t-test.
        auc: How likely somebody for whom it came true has the greater probability; 0.5 is chance.
        calibration_error: Mean distance of foretold and come true over the table's people.
        reliability: The table, from the least probable to the most.
    """

    brier: float
    brier_of_base_rate: float
    by_chance: float
    auc: float
    calibration_error: float
    reliability: tuple[Reliability, ...]


class Training(_Record):
    """One training.

    Args:
        kind: What it foretells.
        trained_at: When (aware).
        sample: What it was trained on.
        held_out: The later period that it was measured on, which begins where the other ends.
        coefficients: None where there was too little to train on.
        assessment: None likewise.
        accepted: Whether scores are given by it.
        verdict: Why, or why not, in words.
    """

    kind: ModelKind
    trained_at: datetime
    sample: Sample
    held_out: Sample
    coefficients: Coefficients | None = None
    assessment: Assessment | None = None
    accepted: bool
    verdict: str


HORIZON = timedelta(days=30)
"""How far ahead the models look."""

SEEN_WITHIN = timedelta(days=90)
"""The models know of people who were here in so long a time before; nothing is said of others."""
