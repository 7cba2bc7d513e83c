"""Several workers share the rate of a provider: together they reach it and never exceed it, whoever comes and goes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import cast
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from cli.bench.arrivals import Arrival, most_in_a_second, per_second
from cli.bench.herd_run import Herd
from cli.bench.herd_run import Share as Part
from cli.stack.waiting import until
from fermata.channels import Accepted, Busy, Enlisted, Envelope, HttpProvider, Rejected
from fermata.channels.pace import Share
from fermata.channels.sharing import Sharing, sharing
from fermata.database import Pool
from fermata.vocabulary import Channel
from tests.integration.sending.misbehaving import Misbehaving
from tests.integration.sending.outlet import OpenOutlet, Outlet
from worker.plugin import fermata_plugin
from worker.workers import send_worker
from workflows.sending import send_queue

_BEAT = timedelta(milliseconds=200)
_RATE = 50.0
_MESSAGES = 120


class Noting(HttpProvider):
    """Notes when it is called: what the server sees is as late as this machine is busy."""

    def __init__(self, url: str) -> None:
        super().__init__(Channel.PUSH, url, name="limited")
        self.calls: list[Arrival] = []

    async def send(self, envelope: Envelope) -> Accepted | Rejected | Busy:
        self.calls.append(Arrival(datetime.now(UTC), urgent=False))
        return await super().send(envelope)


@pytest.fixture
def outlet(open_outlet: OpenOutlet) -> Callable[[str], Outlet]:
    """Opens the outlet of one more worker, which sends through one provider with a rate."""
    return lambda url: open_outlet(Enlisted(Noting(url), rate=_RATE))


@asynccontextmanager
async def _kept(pool: Pool, outlet: Outlet) -> AsyncIterator[Sharing]:
    """A worker that shares, until the block is left."""
    async with sharing(pool, outlet.carriers, beat=_BEAT) as ours:
        keeping = asyncio.create_task(ours.keep())
        try:
            yield ours
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)


async def _comes_to(ours: Sharing, share: Share) -> None:
    async def as_said() -> bool:
        return ours.share == share

    assert await until(as_said, limit=20 * _BEAT), ours.share


async def test_two_workers_on_one_queue_keep_the_rate_of_one_provider_together(
    pool: Pool, temporal_address: str, outlet: Callable[[str], Outlet]
) -> None:
    client, other = [await Client.connect(temporal_address, plugins=[fermata_plugin()]) for _ in range(2)]
    queue = f"{uuid4().hex}-journeys"
    async with AsyncExitStack() as stack:
        provider = await stack.enter_async_context(Misbehaving())
        outlets = [outlet(provider.url), outlet(provider.url)]
        due = tuple([await outlets[0].reserve() for _ in range(_MESSAGES)])
        kept = [await stack.enter_async_context(_kept(pool, each)) for each in outlets]
        await _comes_to(kept[0], Share(2, 0))
        await stack.enter_async_context(Worker(client, task_queue=queue, workflows=[Herd]))
        for connected, each in zip((client, other), outlets, strict=True):
            worker = send_worker(connected, each.sends, Channel.PUSH, rate=_RATE, queue=queue)
            await stack.enter_async_context(worker)
        part = Part(queue=send_queue(queue, Channel.PUSH), urgent=(), patient=due, asked_at=datetime.now(UTC))
        sent = await client.execute_workflow(Herd.run, part, id=f"herd/{queue}", task_queue=queue)
    assert sent == len(provider.delivered) == _MESSAGES
    each_of_them = [cast("Noting", each.carriers.roster[Channel.PUSH][0].provider).calls for each in outlets]
    calls = [call for calls in each_of_them for call in calls]
    assert most_in_a_second(calls) <= _RATE
    assert all(len(calls) > _MESSAGES / 4 for calls in each_of_them), "both have their share"
    assert per_second(calls) > 0.55 * _RATE, "more than one of them alone may"


async def test_whoever_comes_is_heard_of_before_it_sends_and_what_is_left_is_taken_over(
    pool: Pool, outlet: Callable[[str], Outlet]
) -> None:
    first, second = outlet("http://127.0.0.1:1"), outlet("http://127.0.0.1:1")
    (limited,) = second.carriers.roster[Channel.PUSH]
    async with _kept(pool, first) as before:
        assert before.share == Share(1, 0)
        async with _kept(pool, second) as after:
            began = monotonic()
            assert after.share == Share(2, 1)
            assert await second.carriers.pick(Channel.PUSH, "a message") is limited
            assert monotonic() - began > _BEAT.total_seconds()
            assert before.share == Share(2, 0)
        await _comes_to(before, Share(1, 0))


async def test_one_that_was_killed_is_missed_and_its_share_is_taken_over(
    pool: Pool, outlet: Callable[[str], Outlet]
) -> None:
    killed = Sharing(pool, outlet("http://127.0.0.1:1").carriers, beat=_BEAT)
    await killed.begin()
    async with _kept(pool, outlet("http://127.0.0.1:1")) as other:
        assert other.share == Share(2, 1)
        await _comes_to(other, Share(1, 0))
    assert await pool.fetchval("SELECT count(*) FROM sending_workers") == 0


async def test_two_that_begin_in_one_moment_know_of_each_other(pool: Pool, outlet: Callable[[str], Outlet]) -> None:
    several = [Sharing(pool, outlet("http://127.0.0.1:1").carriers, beat=_BEAT) for _ in range(4)]
    await asyncio.gather(*(each.begin() for each in several))
    assert sorted(each.share.workers for each in several) == [1, 2, 3, 4]
