"""The simulated queues do what queueing theory says that they do, and the plan of the morning holds in them."""

import random
from datetime import timedelta

import pytest

from cli.bench.morning import bench_morning, places
from cli.bench.morning_plan import PLANS
from cli.bench.queueing import Stage, pass_through, percentile
from cli.bench.sizes import Sizes


def _silent(_what: str, _done: int, _of: int) -> None:
    """Nobody watches."""


def test_one_server_keeps_people_as_long_as_the_formula_says() -> None:
    """M/M/1: who comes by chance at 0.8 of what is served stays 1 / (served - coming) on average."""
    chance, now, arrivals = random.Random(1), 0.0, []  # noqa: S311 - nothing is secret about it
    for _ in range(100_000):
        now += chance.expovariate(80.0)
        arrivals.append(now)
    left = pass_through(arrivals, [Stage("served", 1, 0.01)], seed=2)
    stayed = sum(out - came for came, out in zip(arrivals, left, strict=True)) / len(left)
    assert stayed == pytest.approx(1 / (100 - 80), rel=0.1)


def test_a_crowd_is_through_when_the_narrowest_stage_has_served_it() -> None:
    stages = [Stage("wide", 4, 0.001), Stage("limited", 50, 0.05, rate=200.0), Stage("wide again", 8, 0.001)]
    left = pass_through([0.0] * 10_000, stages, seed=3)
    assert left[-1] == pytest.approx(10_000 / 200, rel=0.01)
    # As the real one was measured to do: 10,000 at once at 200 a second left at 198 a second.
    assert 10_000 / left[-1] == pytest.approx(198, rel=0.02)


def test_no_second_takes_more_than_the_rate() -> None:
    due = places(5_000, timedelta(seconds=10), random.Random(4))  # noqa: S311 - nothing is secret about it
    left = pass_through(due, [Stage("sent", 90, 0.1, 300.0)], seed=5)
    assert max(sum(each <= other < each + 1 for other in left[at : at + 400]) for at, each in enumerate(left)) <= 301


async def test_the_plan_of_the_morning_holds_and_letting_all_go_at_once_does_not() -> None:
    found = await bench_morning(Sizes(rows=1), _silent)
    worst = found.comparisons[-1]
    assert worst.reached is True
    assert worst.baseline > 60 > worst.ours


def test_every_stage_of_every_plan_has_room_to_spare() -> None:
    for plan in PLANS:
        asked = plan.held / plan.shards / plan.spread.total_seconds()
        assert all(asked < 0.7 * stage.capacity for stage in plan.stages()), plan


def test_a_percentile_is_a_value_that_there_is() -> None:
    assert [percentile([3.0, 1.0, 2.0], share) for share in (0.0, 0.5, 0.99)] == [1.0, 2.0, 3.0]
