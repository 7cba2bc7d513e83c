"""What is read off the arrivals of a herd."""

from datetime import timedelta

import pytest

from cli.bench.arrivals import Arrival, most_in_a_second, per_second, urgent_among_the_first
from tests.people import NOON


def at(seconds: float, *, urgent: bool = False) -> Arrival:
    return Arrival(NOON + timedelta(seconds=seconds), urgent)


def test_the_mean_rate_is_that_of_the_gaps() -> None:
    assert per_second([at(number / 10) for number in range(31)]) == pytest.approx(10)


def test_the_fullest_second_is_found_wherever_it_begins() -> None:
    assert most_in_a_second([at(0), at(0.9), at(1.1), at(1.3), at(1.89), at(3)]) == 4


def test_a_second_ends_before_the_next_begins() -> None:
    assert most_in_a_second([at(0), at(1), at(2)]) == 1


@pytest.mark.parametrize(("order", "share"), [("UU...", 1.0), ("U.U..", 0.5), ("...UU", 0.0)])
def test_who_came_first_is_a_share_of_the_urgent_ones(order: str, share: float) -> None:
    assert urgent_among_the_first([at(n, urgent=kind == "U") for n, kind in enumerate(order)]) == share
