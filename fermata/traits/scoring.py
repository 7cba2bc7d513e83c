"""A model's probability for one person, by plain arithmetic on its coefficients, and what each feature adds to it."""

from datetime import datetime
from math import exp

from pydantic import BaseModel, ConfigDict

from fermata.traits.facts import PersonFacts
from fermata.traits.features import FEATURES, features_of
from fermata.traits.training_record import HORIZON, SEEN_WITHIN, Coefficients, ModelKind, Training

_TELLING = 0.05  # log-odds: what adds less moves a probability by about a hundredth at most


class ScoreReason(BaseModel):
    """What one feature adds.

    Args:
        feature: Its name.
        log_odds: Above those of somebody who is average in it.
        words: "the last order 3 days ago raises it".
    """

    model_config = ConfigDict(frozen=True)

    feature: str
    log_odds: float
    words: str


class Score(BaseModel):
    """What a model foretells of the next 30 days, or why it foretells nothing.

    Args:
        probability: 0 to 1; None where there is no score.
        why: What it rests on, or why there is none.
        reasons: The features that move it, the weightiest first.
        trained_at: Of the model (aware); None without one.
    """

    model_config = ConfigDict(frozen=True)

    probability: float | None
    why: str
    reasons: tuple[ScoreReason, ...] = ()
    trained_at: datetime | None = None


def score(
    kind: ModelKind, newest: Training | None, in_force: Training | None, facts: PersonFacts, at: datetime
) -> Score:
    """Returns somebody's score.

    Args:
        kind: What is asked.
        newest: The last training, whatever came of it.
        in_force: The last one that was accepted.
        facts: The person's, read up to ``at``.
        at: The instant, aware.
    """
    if in_force is None or in_force.coefficients is None:
        return Score(probability=None, why=f"no model is in force: {_last_training(newest)}")
    seen = facts.visits.last_seen_at
    if seen is None or at - seen > SEEN_WITHIN:
        return Score(
            probability=None,
            why=f"not seen in the last {SEEN_WITHIN.days} days, and the model knows only of people who were",
            trained_at=in_force.trained_at,
        )
    reasons = _reasons(in_force.coefficients, facts, at)
    log_odds = in_force.coefficients.intercept + sum(reason.log_odds for reason in reasons)
    sample = in_force.sample
    return Score(
        probability=1 / (1 + exp(-log_odds)),
        why=f"how likely they are {kind.words} within {HORIZON.days} days; so it was for {sample.rate:.0%} of "
        f"{sample.people:,} people in the {HORIZON.days} days from {sample.cut_off:%Y-%m-%d} on",
        reasons=tuple(reason for reason in reasons if abs(reason.log_odds) >= _TELLING),
        trained_at=in_force.trained_at,
    )


def _last_training(newest: Training | None) -> str:
    if newest is None:
        return "none was ever trained; run `fermata traits train`"
    return f"the last training, on {newest.trained_at:%Y-%m-%d}, ended with: {newest.verdict}"


def _reasons(coefficients: Coefficients, facts: PersonFacts, at: datetime) -> list[ScoreReason]:
    by_name = {each.feature: each for each in coefficients.features}
    found = []
    for feature, value in zip(FEATURES, features_of(facts, at), strict=True):
        learned = by_name.get(feature.name)
        if learned is None:
            continue
        added = learned.weight * (value - learned.mean) / learned.scale
        verb = "raises" if added > 0 else "lowers"
        found.append(ScoreReason(feature=feature.name, log_odds=added, words=f"{feature.words(facts, at)}: {verb} it"))
    return sorted(found, key=lambda reason: (-abs(reason.log_odds), reason.feature))
