"""A rate counts what all workers did, in the time that it really took."""

import asyncio
from time import perf_counter

import pytest

from cli.bench.rate import per_second
from fermata.errors import Unavailable


async def test_everybody_does_something_at_least_once_and_all_of_it_counts() -> None:
    done: list[int] = []

    def worker(amount: int) -> int:
        done.append(amount)
        return amount

    async def one() -> int:
        return worker(1)

    async def hundred() -> int:
        return worker(100)

    began = perf_counter()
    rate = await per_second([one, hundred], seconds=0.0)
    assert done == [1, 100]
    assert rate >= 101 / (perf_counter() - began)


async def test_they_work_at_once() -> None:
    both = asyncio.Barrier(2)

    async def meet() -> int:
        await both.wait()
        return 1

    assert await per_second([meet, meet], seconds=0.0) > 0


async def test_a_worker_that_fails_is_told_as_it_failed_and_stops_the_others() -> None:
    async def fail() -> int:
        raise Unavailable("no more")

    async def go_on() -> int:
        await asyncio.sleep(60)
        return 1

    with pytest.raises(Unavailable, match="no more"):
        await per_second([go_on, fail], seconds=60)
