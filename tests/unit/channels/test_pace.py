"""The pace of a provider: even, near its rate and never above it, and still while it rests."""

import asyncio
import itertools
import time
from datetime import timedelta

import pytest

from fermata.channels.pace import Pace, Share

_RATE = 100.0


async def _released(pace: Pace, count: int, at_once: int) -> list[float]:
    """When so many were let go, of whom some wait at any time."""
    instants: list[float] = []
    left = itertools.repeat(None, count)

    async def sender() -> None:
        for _ in left:
            await pace.turn()
            released = await pace.release()
            instants.append(released)
            pace.answered(released)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(sender())
    return sorted(instants)


async def test_the_rate_is_nearly_reached_and_in_no_second_exceeded() -> None:
    instants = await _released(Pace(_RATE), 220, at_once=20)
    assert len(instants) / (instants[-1] - instants[0]) == pytest.approx(0.98 * _RATE, rel=0.03)
    most = max(sum(1 for each in instants if begin <= each < begin + 1) for begin in instants)
    assert most <= _RATE


async def test_what_was_held_up_does_not_go_out_all_at_once() -> None:
    pace = Pace(_RATE)
    began = time.monotonic()
    for _ in range(int(_RATE) + 1):  # each had its turn some time ago
        pace.answered(await pace.release())
    assert time.monotonic() - began >= 1.0


async def test_whoever_waits_first_is_let_go_first() -> None:
    pace, order = Pace(5.0), list[int]()

    async def wait(number: int) -> None:
        pace.answered(await pace.release())
        order.append(number)

    await asyncio.gather(*(wait(number) for number in range(9)))
    assert order == list(range(9))


async def test_one_that_may_arrive_late_leaves_room_for_that() -> None:
    pace = Pace(2.0)
    pace.answered(await pace.release())  # it took no time at all
    late = await pace.release()
    await asyncio.sleep(0.3)
    pace.answered(late)
    await pace.release()  # the place of the first
    await pace.release()  # that of the late one: a second after it can have arrived
    assert time.monotonic() - late >= 1.29


async def test_messages_under_way_fill_the_second_too() -> None:
    pace = Pace(2.0)
    first = await pace.release()
    await pace.release()
    waiting = asyncio.create_task(pace.release())
    await asyncio.sleep(1.1)
    assert not waiting.done(), "both may arrive at any moment"
    pace.answered(first)
    await asyncio.wait_for(waiting, 5)


async def test_without_a_rate_nothing_waits() -> None:
    instants = await _released(Pace(None), 1000, at_once=10)
    assert instants[-1] - instants[0] < 1


async def test_a_rest_is_kept_for_everybody_and_has_an_end() -> None:
    pace = Pace(None)
    pace.rest(timedelta(seconds=0.2))
    assert timedelta(seconds=0.1) < pace.waits <= timedelta(seconds=0.2)
    began = time.monotonic()
    await pace.turn()
    assert time.monotonic() - began >= 0.19
    pace.rest(timedelta(days=1))
    assert pace.waits <= timedelta(minutes=10)


async def test_less_than_one_a_second_is_a_rate_too() -> None:
    pace = Pace(0.5)
    await pace.turn()
    assert timedelta(seconds=1.9) < pace.waits < timedelta(seconds=2.2)


async def test_workers_that_share_a_rate_come_to_no_more_than_it_together() -> None:
    paces = [Pace(_RATE) for _ in range(3)]
    for place, pace in enumerate(paces):
        pace.share(Share(len(paces), place))
    several = await asyncio.gather(*(_released(pace, 50, at_once=10) for pace in paces))
    instants = sorted(instant for each in several for instant in each)
    assert max(sum(1 for each in instants if begin <= each < begin + 1) for begin in instants) <= _RATE


async def test_a_rate_too_small_for_all_is_left_to_the_first_ones() -> None:
    places = [Pace(2.0) for _ in range(4)]
    for place, pace in enumerate(places):
        pace.share(Share(4, place))
    assert [pace.waits > timedelta(seconds=1) for pace in places] == [False, False, True, True]
    places[3].share(Share(1, 0))
    assert places[3].waits == timedelta(0)
