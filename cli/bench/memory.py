"""Measures what API and worker hold: idle, with runs in the worker's memory, and with many more runs than it keeps."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import httpx
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from cli.bench.by_hand.cart import BareCart, LeftCart
from cli.bench.findings import Findings, Target, compare
from cli.bench.pairs import Measure, Pair, Tell, in_pairs
from cli.bench.resident import resident
from cli.bench.sizes import Sizes
from cli.stack.child import Child, ChildCommand
from cli.stack.children import Children
from cli.stack.stack import Stack
from cli.stack.stack_options import StackOptions
from cli.stack.waiting import until
from fermata.database import Pool, open_pool
from fermata.errors import Unavailable

COMPARES = "Memory of the processes, and of one run that waits in the worker's memory, beside that of a bare workflow."
_WARM = 20  # runs that count for nothing: whatever is loaded late is loaded then
_MORE = 10
_AT_ONCE = 50
_BATCH = 250
_LIMIT = timedelta(minutes=10)
_NEW = (
    "SELECT workflow_id FROM journey_runs WHERE journey = 'reference_wait' ORDER BY started_at DESC, id DESC LIMIT $1"
)
_TIMER_STARTED = EventType.EVENT_TYPE_TIMER_STARTED

Begin = Callable[[int], Awaitable[None]]
"""Starts so many runs, and returns when each of them waits."""


@dataclass(frozen=True)
class _Parts:
    """What both are measured on."""

    stack: Stack
    client: Client
    pool: Pool
    api: httpx.AsyncClient


async def bench_memory(sizes: Sizes, tell: Tell) -> Findings:
    """Measures the API and the worker of an embedded stack, and a worker of the bare workflow, all as processes.

    Args:
        sizes: ``pairs`` and ``cached`` are heeded: so many runs wait in a worker, and ten times as many in all.
        tell: Told how far it is.
    """
    async with _parts(tell) as parts:
        idle = _held(parts)
        what = f"a run that waits, one of {sizes.cached:,} in the worker's memory"
        measures = _of_bare_run(parts, sizes.cached), _of_our_run(parts, sizes.cached)
        of_run = await in_pairs(*measures, pairs=sizes.pairs, what=what, tell=tell, warm_up=False)
        some = _held(parts)
        tell(f"starting {sizes.cached * (_MORE - 1):,} runs more", 0, 0)
        await _begin_ours(parts, sizes.cached * (_MORE - 1))
        many = _held(parts)
    target = Target(of="ours", direction="at most", bound=60)
    comparisons = [compare(what, "KB", beside="a bare workflow", pairs=of_run, target=target)]
    for name in ("api", "worker"):
        for number, then, before in ((sizes.cached, some, idle), (sizes.cached * _MORE, many, some)):
            beside = "idle" if before is idle else f"{sizes.cached:,} runs"
            pairs = [Pair(before[name], then[name])]
            comparisons.append(compare(f"the {name}, {number:,} runs", "MB", beside=beside, pairs=pairs))
    return Findings(name="memory", compares=COMPARES, comparisons=tuple(comparisons))


@asynccontextmanager
async def _parts(tell: Tell) -> AsyncIterator[_Parts]:
    options = StackOptions(
        ui=False,
        environment={"FERMATA_JOURNEYS": "workflows.cart_recovery,cli.bench.journeys"},
        database_url=None,
        temporal_address=None,
    )
    async with (
        Stack(options, tell=lambda sentence: tell(sentence, 0, 0)) as stack,
        open_pool(stack.report.database, most=2) as pool,
        httpx.AsyncClient(base_url=stack.report.api, auth=(stack.report.write_key or "", ""), timeout=60) as api,
    ):
        yield _Parts(stack, await Client.connect(stack.report.temporal), pool, api)


def _held(parts: _Parts) -> dict[str, float]:
    """Megabytes of API and worker."""
    return {name: resident(parts.stack.report.pids[name]) / 1e6 for name in ("api", "worker")}


def _of_our_run(parts: _Parts, runs: int) -> Measure[float]:
    async def once() -> float:
        await parts.stack.kill_worker()
        await parts.stack.start_worker()
        return await _each(runs, lambda number: _begin_ours(parts, number), parts.stack.report.pids["worker"])

    return once


def _of_bare_run(parts: _Parts, runs: int) -> Measure[float]:
    async def once() -> float:
        queue = uuid4().hex
        async with _bare_worker(parts.stack.report.temporal, queue) as worker:
            return await _each(runs, lambda number: _begin_bare(parts, queue, number), worker.pid)

    return once


async def _each(runs: int, begin: Begin, pid: int) -> float:
    """Kilobytes that a run adds to a process."""
    await begin(_WARM)
    before = resident(pid)
    await begin(runs - _WARM)
    return (resident(pid) - before) / 1e3 / (runs - _WARM)


@asynccontextmanager
async def _bare_worker(address: str, queue: str) -> AsyncIterator[Child]:
    children = Children()
    with TemporaryDirectory() as folder:
        command = ChildCommand(
            name="bare-worker",
            arguments=(sys.executable, "-m", "cli.bench.by_hand.worker", address, queue),
            log=Path(folder) / "bare-worker.log",
        )
        try:
            yield await children.start(command)
        finally:
            await children.stop(_LIMIT)


async def _begin_ours(parts: _Parts, number: int) -> None:
    users = [str(uuid4()) for _ in range(number)]
    for begin in range(0, number, _BATCH):
        calls = [
            {"type": "track", "event": "Reference Wait Begun", "userId": user, "messageId": str(uuid4())}
            for user in users[begin : begin + _BATCH]
        ]
        (await parts.api.post("/v1/batch", json={"batch": calls})).raise_for_status()
    await _all_wait(parts.client, [row["workflow_id"] for row in await parts.pool.fetch(_NEW, number)])


async def _begin_bare(parts: _Parts, queue: str, number: int) -> None:
    people, at_once = [str(uuid4()) for _ in range(number)], asyncio.Semaphore(_AT_ONCE)

    async def one(person: str) -> None:
        async with at_once:
            await parts.client.start_workflow(
                BareCart.run, LeftCart(person, 1.0), id=f"bare_cart/{person}", task_queue=queue
            )

    await asyncio.gather(*map(one, people))
    await _all_wait(parts.client, [f"bare_cart/{person}" for person in people])


async def _all_wait(client: Client, names: Sequence[str]) -> None:
    """Waits until each of the runs has set its timer."""
    left = set(names)

    async def none_left() -> bool:
        left.difference_update(await _waiting(client, list(left)[:_BATCH]))
        return not left

    if not await until(none_left, limit=_LIMIT):
        raise Unavailable(f"{len(left)} of {len(names)} runs did not begin to wait within {_LIMIT}")


async def _waiting(client: Client, names: Iterable[str]) -> list[str]:
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def one(name: str) -> str | None:
        async with at_once:
            try:
                history = await client.get_workflow_handle(name).fetch_history()
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:  # it is on its way
                    return None
                raise
        return name if any(event.event_type == _TIMER_STARTED for event in history.events) else None

    return [name for name in await asyncio.gather(*map(one, names)) if name is not None]
