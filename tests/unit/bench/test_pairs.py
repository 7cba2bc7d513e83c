"""Baseline and ours are measured in turn, and what is concluded from the pairs is arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.bench.findings import Ratio, Target, compare
from cli.bench.pairs import Pair, each, in_pairs

FIGURES = st.floats(min_value=0.001, max_value=1e6)
PAIRS = st.lists(st.builds(Pair, FIGURES, FIGURES), min_size=1, max_size=20)


def untold(what: str, done: int, of: int) -> None:
    """Whoever watches is not here."""


async def order_of(pairs: int, *, warm_up: bool) -> str:
    order: list[str] = []

    async def baseline() -> float:
        order.append("A")
        return 1.0

    async def ours() -> float:
        order.append("B")
        return 2.0

    measured = await in_pairs(baseline, ours, pairs=pairs, what="letters", tell=untold, warm_up=warm_up)
    assert measured == [Pair(1.0, 2.0)] * pairs
    return "".join(order)


async def test_who_goes_first_alternates_from_pair_to_pair() -> None:
    assert await order_of(5, warm_up=False) == "ABBAABBAAB"


async def test_a_warm_up_runs_each_once_and_counts_for_nothing() -> None:
    assert await order_of(2, warm_up=True) == "AB" + "ABBA"


async def test_whoever_watches_is_told_of_every_pair() -> None:
    told: list[tuple[str, int, int]] = []

    async def nothing() -> float:
        return 1.0

    await in_pairs(nothing, nothing, pairs=2, what="it", tell=lambda *said: told.append(said))
    assert told == [("it", 0, 2), ("it", 1, 2), ("it", 2, 2)]


def test_the_ratio_is_the_median_of_the_ratios_and_not_the_ratio_of_the_medians() -> None:
    # The machine was slow throughout the third pair: that moves the figures, not the ratio.
    pairs = [Pair(100.0, 50.0), Pair(100.0, 60.0), Pair(10.0, 5.0)]
    comparison = compare("it", "things/s", beside="another", pairs=pairs)
    assert comparison.ratio == Ratio(median=0.5, low=0.5, high=0.6)
    assert (comparison.baseline, comparison.ours) == (100.0, 50.0)


@given(PAIRS)
def test_the_median_lies_within_the_spread(pairs: list[Pair[float]]) -> None:
    ratio = Ratio.of(pairs)
    assert ratio.low <= ratio.median <= ratio.high


@given(PAIRS, FIGURES)
def test_a_machine_twice_as_slow_gives_the_same_ratio(pairs: list[Pair[float]], slower: float) -> None:
    ratio = Ratio.of(each(pairs, lambda figure: figure / slower))
    assert ratio.median == pytest.approx(Ratio.of(pairs).median)


@pytest.mark.parametrize(
    ("target", "reached"),
    [
        (Target(direction="at least", bound=0.5), True),
        (Target(direction="at least", bound=0.51), False),
        (Target(direction="at most", bound=0.5), True),
        (Target(direction="at most", bound=0.49), False),
        (Target(of="ours", direction="at least", bound=50), True),
        (Target(of="ours", direction="at least", bound=51), False),
        (None, None),
    ],
)
def test_a_target_is_reached_by_the_medians_at_its_very_bound_too(target: Target | None, reached: bool | None) -> None:
    assert compare("it", "/s", beside="that", pairs=[Pair(100.0, 50.0)], target=target).reached is reached
