"""What is long ago counts for less: by half with each half-life, and never for more than it did."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fermata.traits.decay import FORGOTTEN_AFTER, decayed

WEEK = timedelta(days=7)
ages = st.timedeltas(timedelta(days=-1), timedelta(days=4000))


def test_half_is_left_after_a_half_life_and_a_quarter_after_two() -> None:
    assert [decayed(8, n * WEEK, WEEK) for n in range(4)] == [8, 4, 2, 1]


def test_what_lies_ahead_counts_in_full_and_what_is_long_gone_not_at_all() -> None:
    assert decayed(8, -WEEK, WEEK) == 8
    assert decayed(8, FORGOTTEN_AFTER * WEEK, WEEK) == 0


@given(younger=ages, older=ages, weight=st.floats(0, 1000), half_life=st.timedeltas(timedelta(hours=1), 52 * WEEK))
def test_older_never_counts_for_more(younger: timedelta, older: timedelta, weight: float, half_life: timedelta) -> None:
    younger, older = sorted((younger, older))
    assert 0 <= decayed(weight, older, half_life) <= decayed(weight, younger, half_life) <= weight


@pytest.mark.parametrize("days", [1, 30, 300])
def test_a_loss_fades_as_a_gain_does(days: int) -> None:
    age = timedelta(days=days)
    assert decayed(-5, age, WEEK) == -decayed(5, age, WEEK)
