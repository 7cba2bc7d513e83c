"""The slope of memory: what grows is seen, and what only wavers is called flat."""

import math
import random

import pytest

from cli.bench.slope import slope_of


def samples(growth: float, *, minutes: int = 20) -> list[tuple[float, float]]:
    """One a second, in hours, with the noise of a garbage collector."""
    chance = random.Random(7)  # noqa: S311 - noise
    return [
        (second / 3600, 200 + growth * second / 3600 + math.sin(second / 40) + chance.uniform(-1, 1))
        for second in range(minutes * 60)
    ]


@pytest.mark.parametrize("growth", [30.0, 120.0, -40.0])
def test_growth_is_found_within_its_interval(growth: float) -> None:
    slope = slope_of(samples(growth), within=1 / 60)
    assert slope is not None
    assert abs(slope.each - growth) <= slope.give
    assert slope.is_flat == (growth < 0)


def test_what_only_wavers_is_flat() -> None:
    slope = slope_of(samples(0.0), within=1 / 60)
    assert slope is not None
    assert slope.is_flat


def test_a_few_minutes_say_nothing() -> None:
    assert slope_of(samples(0.0, minutes=3), within=1 / 60) is None
