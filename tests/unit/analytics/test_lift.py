"""Lift beside figures that are known: a published experiment, and worlds of which the truth is planted."""

import numpy as np
import pytest
from statsmodels.stats import proportion
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from fermata.analytics.lift import Arm, Lift, NoComparison, lift, people_needed
from fermata.analytics.peeking import always_valid

NO_MAIL_VISITS, NO_MAIL_ORDERS = Arm(21_306, 2_262), Arm(21_306, 122)
MEN_VISITS, MEN_ORDERS = Arm(21_307, 3_894), Arm(21_307, 267)
WOMEN_VISITS, WOMEN_ORDERS = Arm(21_387, 3_238), Arm(21_387, 189)
"""K. Hillstrom's e-mail experiment of 2008: 64,000 customers, a third each with a men's mail, a women's, or none."""

WORLDS = 600


@pytest.mark.parametrize(
    ("reached", "held_out", "points", "percent"),
    [
        (MEN_VISITS, NO_MAIL_VISITS, 7.66, 72.1),
        (WOMEN_VISITS, NO_MAIL_VISITS, 4.52, 42.6),
        (MEN_ORDERS, NO_MAIL_ORDERS, 0.68, 118.8),
        (WOMEN_ORDERS, NO_MAIL_ORDERS, 0.31, 54.3),
    ],
)
def test_the_published_experiment_gives_what_statsmodels_gives(
    reached: Arm, held_out: Arm, points: float, percent: float
) -> None:
    found = lift(reached, held_out)
    counts = (reached.converted, reached.people, held_out.converted, held_out.people)
    assert round(found.absolute.value * 100, 2) == points
    assert found.relative is not None
    assert round(found.relative.value * 100, 1) == percent
    assert (found.absolute.low, found.absolute.high) == proportion.confint_proportions_2indep(
        *counts, method="agresti-caffo"
    )
    low, high = proportion.confint_proportions_2indep(*counts, compare="ratio", method="log-adjusted")
    assert (found.relative.low, found.relative.high) == (low - 1, high - 1)
    assert found.absolute.p_value == proportion.test_proportions_2indep(*counts).pvalue
    _, of_two_proportions = proportion.proportions_ztest(counts[::2], counts[1::2])
    assert found.absolute.p_value == pytest.approx(of_two_proportions, rel=0.05)
    assert found.is_clear
    assert found.absolute.low < found.absolute.value < found.absolute.high


def _world(truth: float, seed: int) -> Lift:
    chance = np.random.default_rng(seed)
    return lift(Arm(9_000, int(chance.binomial(9_000, 0.1 + truth))), Arm(1_000, int(chance.binomial(1_000, 0.1))))


def test_the_interval_covers_a_planted_lift_of_three_points_in_ninety_five_of_a_hundred_worlds() -> None:
    covered = sum(
        found.absolute.low <= 0.03 <= found.absolute.high for found in (_world(0.03, seed) for seed in range(WORLDS))
    )
    assert 0.93 <= covered / WORLDS <= 0.97


def test_a_planted_null_is_called_in_at_most_six_of_a_hundred_worlds() -> None:
    assert sum(_world(0.0, seed).is_clear for seed in range(WORLDS)) / WORLDS <= 0.06


def test_whoever_looks_a_hundred_times_is_misled_by_an_ordinary_interval_and_not_by_the_sequential_one() -> None:
    looks, step, worlds = 100, 100, 400
    chance = np.random.default_rng(11)
    seen = step * np.arange(1, looks + 1)
    rates = np.cumsum(chance.binomial(step, 0.2, (worlds, 2, looks)), axis=2) / seen
    values = rates[:, 0] - rates[:, 1]
    variances = (rates * (1 - rates) / seen).sum(axis=1)
    ordinary = (np.abs(values) > 1.96 * np.sqrt(variances)).any(axis=1)
    misled = [
        any(
            always_valid(value, variance, int(2 * number), alpha=0.05)[1] < 0.05
            for value, variance, number in zip(values[world], variances[world], seen, strict=True)
        )
        for world in range(worlds)
    ]
    assert np.mean(ordinary) > 0.25
    assert np.mean(misled) <= 0.05


def test_the_sequential_reading_sees_a_lift_that_is_there() -> None:
    found = _world(0.03, 7).at_any_time
    assert found is not None
    assert found.p_value is not None
    assert (found.low > 0) == (found.p_value < 0.05)
    assert lift(MEN_VISITS, NO_MAIL_VISITS).at_any_time.low > 0  # type: ignore[union-attr]


def test_revenue_is_compared_as_welch_compares_it() -> None:
    chance = np.random.default_rng(3)
    spent = [
        chance.exponential(scale, people) * (chance.random(people) < 0.1) for scale, people in ((60, 5_000), (50, 900))
    ]
    arms = [Arm(len(each), int((each > 0).sum()), float(each.sum()), float((each**2).sum())) for each in spent]
    found = lift(*arms).revenue
    welch = CompareMeans(DescrStatsW(spent[0]), DescrStatsW(spent[1]))
    assert found is not None
    assert found.value == pytest.approx(spent[0].mean() - spent[1].mean())
    assert (found.low, found.high) == pytest.approx(welch.tconfint_diff(usevar="unequal"))
    assert found.p_value == pytest.approx(welch.ttest_ind(usevar="unequal")[1])


def test_sides_that_are_not_what_was_meant_are_told() -> None:
    assert lift(Arm(9_000, 900), Arm(1_300, 100), share=0.1).is_unbalanced
    assert not lift(Arm(9_000, 900), Arm(1_030, 100), share=0.1).is_unbalanced
    assert lift(Arm(9_000, 900), Arm(1_030, 100)).imbalance is None


def test_how_many_people_a_difference_needs() -> None:
    assert people_needed(0.10, 0.13) == pytest.approx(1_772, abs=15)
    assert people_needed(0.1, 0.1) is None


def test_nobody_to_compare_with_is_said() -> None:
    with pytest.raises(NoComparison, match="nobody was held out"):
        lift(Arm(10, 1), Arm(0, 0))


@pytest.mark.parametrize("everyone", [0, 10])
def test_where_nobody_or_everybody_converted_the_interval_is_wide_and_nothing_is_clear(everyone: int) -> None:
    found = lift(Arm(10, everyone), Arm(10, everyone))
    assert (found.absolute.low < 0 < found.absolute.high, found.is_clear) == (True, False)
    assert (found.relative, found.at_any_time, found.people_needed) == (None, None, None)


def test_a_side_cannot_have_more_conversions_than_people() -> None:
    with pytest.raises(ValueError, match="11 of 10 people"):
        Arm(10, 11)
