"""A score is plain arithmetic on stored numbers, says what moves it, and why it is missing where it is."""

from datetime import datetime
from math import exp, log1p

import pytest

from fermata.database import new_id
from fermata.traits.engagement import Reaction
from fermata.traits.facts import PersonFacts
from fermata.traits.features import LONGEST, NAMES, features_of
from fermata.traits.purchases import purchases
from fermata.traits.scoring import Score, score
from fermata.traits.training_record import HORIZON, Coefficient, Coefficients, ModelKind, Sample, Training
from fermata.traits.visits import Visits
from fermata.vocabulary import Channel
from tests.people import NOON
from tests.unit.traits.occurrences import before, ordered


def training(*, accepted: bool = True, **weights: float) -> Training:
    sample = Sample(cut_off=NOON - 2 * HORIZON, until=NOON - HORIZON, people=2000, positives=500)
    rows = tuple(Coefficient(feature=name, mean=1.0, scale=2.0, weight=weights.get(name, 0.0)) for name in NAMES)
    return Training(
        kind=ModelKind.PURCHASE_PROPENSITY,
        trained_at=NOON,
        sample=sample,
        held_out=sample,
        coefficients=Coefficients(intercept=-1.0, features=rows),
        accepted=accepted,
        verdict="not in force: it foretells no better than the rate alone",
    )


YESTERDAY = before(1)


def person(last_seen_at: datetime | None = YESTERDAY) -> PersonFacts:
    return PersonFacts(
        profile_id=new_id(),
        purchases=purchases([ordered(3, "a", 99), ordered(40, "b", 1)]),
        visits=Visits(number=9, recent=4, first_seen_at=before(100), last_seen_at=last_seen_at),
        reactions=(Reaction(Channel.EMAIL, "Email Opened", before(1), recent=2),),
    )


def scored(in_force: Training | None, newest: Training | None = None, facts: PersonFacts | None = None) -> Score:
    return score(ModelKind.PURCHASE_PROPENSITY, newest or in_force, in_force, facts or person(), NOON)


def test_features_are_the_logarithms_of_what_is_on_record() -> None:
    expected = [3, 2, 50, 1, 4, 2, 100]
    assert features_of(person(), NOON) == pytest.approx([log1p(value) for value in expected])
    nobody = features_of(PersonFacts(profile_id=new_id()), NOON)
    longest = log1p(LONGEST.days)
    assert nobody == pytest.approx([longest, 0, 0, longest, 0, 0, 0])


def test_the_probability_is_the_logistic_function_of_the_sum() -> None:
    found = scored(training(orders=3.0, recent_visits=-0.5))
    log_odds = -1 + 3.0 * (log1p(2) - 1) / 2 - 0.5 * (log1p(4) - 1) / 2
    assert found.probability == pytest.approx(1 / (1 + exp(-log_odds)))
    assert [(reason.feature, reason.words) for reason in found.reasons] == [
        ("recent_visits", "4 visits in 30 days: lowers it"),
        ("orders", "2 orders: raises it"),
    ]
    assert found.trained_at == NOON
    assert found.why == (
        "how likely they are to buy within 30 days; so it was for 25% of 2,000 people in the 30 days from 2026-01-03 on"
    )


def test_without_a_model_it_says_why() -> None:
    never = scored(None)
    assert (never.probability, never.why) == (
        None,
        "no model is in force: none was ever trained; run `fermata traits train`",
    )
    refused = scored(None, training(accepted=False))
    assert refused.probability is None
    assert refused.why.endswith("on 2026-03-04, ended with: not in force: it foretells no better than the rate alone")


def test_a_later_refusal_leaves_what_is_in_force_alone() -> None:
    assert scored(training(orders=1), training(accepted=False)).probability is not None


@pytest.mark.parametrize("last_seen_at", [None, before(91)], ids=["never", "long ago"])
def test_of_people_that_it_was_not_trained_on_it_says_nothing(last_seen_at: datetime | None) -> None:
    found = scored(training(orders=1), facts=person(last_seen_at))
    assert found.probability is None
    assert "not seen in the last 90 days" in found.why
