"""Lifetime value beside published fits, and on customers of whom the truth is planted."""

import csv
from pathlib import Path

import numpy as np
import pytest

from fermata.analytics.lifetime_value import Customer, Purchasing, TooLittleData, fit_purchasing, fit_spending


@pytest.fixture(scope="module")
def cdnow() -> list[Customer]:
    """2,357 customers of CDNOW, in weeks: the data of Fader, Hardie and Lee (2005)."""
    with Path(__file__).with_name("cdnow.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return [Customer(int(row["frequency"]), float(row["recency"]), float(row["T"])) for row in rows]


def test_the_published_parameters_are_found_to_two_decimals(cdnow: list[Customer]) -> None:
    found = fit_purchasing(cdnow)
    # Table 2 of the paper: r = 0.243, alpha = 4.414, a = 0.793, b = 2.426.
    assert [round(value, 2) for value in (found.r, found.alpha, found.a, found.b)] == [0.24, 4.41, 0.79, 2.43]
    assert (found.r, found.alpha, found.a, found.b) == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=0.001)


def test_the_published_expectation_of_one_customer_is_found(cdnow: list[Customer]) -> None:
    # B. Hardie's note 004, "Implementing the BG/NBD Model in Excel": two repeats, the last at 30.43 of 38.86 weeks.
    found = fit_purchasing(cdnow)
    assert found.purchases(39, [2], [30.43], [38.86])[0] == pytest.approx(1.226, abs=0.002)
    assert 0 < found.is_alive([2], [30.43], [38.86])[0] < 1
    assert found.is_alive([0], [0], [38.86])[0] == 1  # whoever never bought again cannot have left after a repeat


def test_planted_spending_is_found_again() -> None:
    chance = np.random.default_rng(5)
    p, q, gamma, people = 6.25, 3.74, 15.44, 4_000
    repeats = chance.integers(1, 12, people)
    scale = chance.gamma(q, 1 / gamma, people)
    values = chance.gamma(p * repeats, 1 / (scale * repeats))
    found = fit_spending([Customer(int(x), 1, 2, float(value)) for x, value in zip(repeats, values, strict=True)])
    everybody = p * gamma / (q - 1)
    assert found.mean_value([0], [0])[0] == pytest.approx(everybody, rel=0.05)
    assert everybody < found.mean_value([3], [100.0])[0] < 100  # drawn towards everybody's


def test_few_customers_are_refused_and_told_how_many_it_takes() -> None:
    with pytest.raises(TooLittleData, match="1 customers came back; lifetime value needs 50"):
        fit_purchasing([Customer(1, 2.0, 3.0), Customer(0, 0.0, 3.0)])
    with pytest.raises(TooLittleData, match="0 customers came back"):
        fit_spending([])


def test_customers_who_are_all_alike_are_not_told_a_number_that_is_none() -> None:
    alike = Purchasing(r=3.5e7, alpha=3.9e8, a=4e-10, b=1.67)
    with pytest.raises(TooLittleData, match="too much alike"):
        alike.purchases(52, [3], [20.0], [21.0])
