"""Lets API and worker work for long at 80 % of what they can, and watches whether their memory stays what it is."""

import asyncio
import statistics
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from time import perf_counter

import httpx

from cli.bench.findings import Comparison, Findings, Target, compare
from cli.bench.http_sender import HttpSender
from cli.bench.pairs import Pair, Tell
from cli.bench.rate import per_second
from cli.bench.resident import resident
from cli.bench.sizes import Sizes
from cli.bench.slope import slope_of
from cli.bench.traffic import Traffic
from cli.stack.stack import Stack
from cli.stack.stack_options import StackOptions
from cli.stack.waiting import until
from fermata.database import open_pool
from fermata.errors import Unavailable
from fermata.ingest.lag import dispatch_lag

COMPARES = "Memory of API and worker in the last quarter of a long time at 80 % load, beside that in the first."
_CONNECTIONS = 16
_SHARE = 0.8
_FILLED = 2  # times as many runs as a worker keeps
_BATCH = 100
_LIMIT = timedelta(minutes=10)
_WARM_UP = 0.2  # of the time, at most five minutes: caches fill up, and the worker keeps up to a thousand runs
_LONGEST_WARM_UP = 300.0
_SPAN = 60.0  # seconds, of which one median goes into the slope
_MIB = 1024 * 1024
_HARDLY = 0.01  # of what it holds, in an hour: less is no growth that anybody would restart it for
_PACE = 720  # an hour of a journey in five seconds: runs begin, send and end all the time


@dataclass(frozen=True, slots=True)
class Sample:
    """What a process held at a moment.

    Args:
        at: Seconds since the soak began.
        held: MiB, by process.
    """

    at: float
    held: Mapping[str, float]


async def bench_soak(sizes: Sizes, tell: Tell) -> Findings:
    """Soaks the API and the worker of an embedded stack.

    Args:
        sizes: ``minutes`` and ``rate`` are heeded.
        tell: Told how far it is.
    """
    async with _stack(tell) as stack, AsyncExitStack() as opened:
        traffic = Traffic(stack.report.write_key or "")
        async with _senders(stack) as first:
            await traffic.send_everybody(first[0])
            await _fill(stack, traffic, first[0], sizes.cached, tell)
        # Opened only now: the server closes what is idle for as long as that takes.
        senders = await opened.enter_async_context(_senders(stack))
        rate = sizes.rate or _SHARE * await _most(traffic, senders, sizes.seconds, tell)
        seconds = sizes.minutes * 60
        tell(f"{rate:.0f} events a second for {sizes.minutes:g} minutes", 0, 0)
        samples, sent = await _soak(stack, traffic, senders, rate, seconds, tell)
        async with open_pool(stack.report.database, most=1) as pool, pool.acquire() as connection:
            waiting = (await dispatch_lag(connection)).waiting
    settled = [each for each in samples if each.at >= min(_WARM_UP * seconds, _LONGEST_WARM_UP)] or samples
    return Findings(
        name="soak",
        compares=COMPARES,
        comparisons=tuple(_quarters(name, settled) for name in ("api", "worker")),
        notes=(
            f"{sent:,} events in {seconds / 60:g} minutes: {sent / seconds:.0f} a second, {rate:.0f} wanted; "
            f"{waiting:,} words waited for their runs at the end",
            *(_growth(name, settled) for name in ("api", "worker")),
        ),
    )


async def _fill(stack: Stack, traffic: Traffic, sender: HttpSender, cached: int, tell: Tell) -> None:
    """Begins more runs than a worker keeps in memory: until it has them all, its memory grows as it is meant to."""
    tell("filling the worker's memory with runs", 0, 0)
    for _ in range(-(-_FILLED * cached // _BATCH)):
        await traffic.send_carts(sender, _BATCH)
    async with open_pool(stack.report.database, most=1) as pool, pool.acquire() as connection:

        async def all_told() -> bool:
            return (await dispatch_lag(connection)).waiting == 0

        if not await until(all_told, limit=_LIMIT):
            raise Unavailable(f"the worker has not begun {_FILLED * cached:,} runs within {_LIMIT}")


async def _most(traffic: Traffic, senders: Sequence[HttpSender], seconds: float, tell: Tell) -> float:
    """What API and worker take when everybody sends as fast as they are answered."""
    tell("finding out how much is 100 %", 0, 0)
    work = [partial(traffic.send_mixed, sender) for sender in senders]
    await per_second(work, seconds)  # whatever is loaded late is loaded then
    return await per_second(work, 10 * seconds)


async def _soak(
    stack: Stack, traffic: Traffic, senders: Sequence[HttpSender], rate: float, seconds: float, tell: Tell
) -> tuple[list[Sample], int]:
    began = perf_counter()
    samples: list[Sample] = []
    sent = 0

    async def send(sender: HttpSender) -> None:
        nonlocal sent
        while (now := perf_counter() - began) < seconds:
            # Whoever is free takes the next turn of a clock that waits for nobody.
            due = sent / rate
            sent += 1
            await asyncio.sleep(max(0.0, due - now))
            await traffic.send_mixed(sender)

    async def watch() -> None:
        while (at := perf_counter() - began) < seconds:
            samples.append(Sample(at, await asyncio.to_thread(_held, stack)))
            tell("minutes", int(at // 60), int(-(-seconds // 60)))
            await asyncio.sleep(max(0.0, len(samples) - (perf_counter() - began)))

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(watch())
            for sender in senders:
                group.create_task(send(sender))
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return samples, sent


def _held(stack: Stack) -> dict[str, float]:
    return {name: resident(stack.report.pids[name]) / _MIB for name in ("api", "worker")}


def _quarters(name: str, samples: Sequence[Sample]) -> Comparison:
    held = [each.held[name] for each in samples]
    quarter = max(1, len(held) // 4)
    pairs = [Pair(statistics.median(held[:quarter]), statistics.median(held[-quarter:]))]
    target = Target(direction="at most", bound=1.05)
    return compare(f"the {name}, last quarter", "MiB", beside="the first quarter", pairs=pairs, target=target)


def _growth(name: str, samples: Sequence[Sample]) -> str:
    minutes: dict[int, list[float]] = {}
    for each in samples:
        minutes.setdefault(int(each.at // _SPAN), []).append(each.held[name])
    held = " ".join(f"{statistics.median(each):.0f}" for each in minutes.values())
    slope = slope_of([(each.at / 3600, each.held[name]) for each in samples], within=_SPAN / 3600)
    if slope is None:
        return f"the {name}: too short a time to say how fast it grows; MiB by the minute: {held}"
    share = slope.each / samples[-1].held[name]
    word = "flat" if slope.is_flat or share < _HARDLY else "it grows"
    return f"the {name}: {slope.each:+.1f} ± {slope.give:.1f} MiB an hour, {word}; by the minute: {held}"


@asynccontextmanager
async def _stack(tell: Tell) -> AsyncIterator[Stack]:
    options = StackOptions(
        ui=False,
        environment={"FERMATA_JOURNEYS": "workflows.cart_recovery", "FERMATA_PACE": str(_PACE)},
        database_url=None,
        temporal_address=None,
    )
    async with Stack(options, tell=lambda sentence: tell(sentence, 0, 0)) as stack:
        yield stack


@asynccontextmanager
async def _senders(stack: Stack) -> AsyncIterator[list[HttpSender]]:
    port = httpx.URL(stack.report.api).port
    if port is None:
        raise Unavailable(f"{stack.report.api} names no port")
    async with AsyncExitStack() as opened:
        senders = []
        for _ in range(_CONNECTIONS):
            senders.append(await HttpSender.connect(port))
            opened.push_async_callback(senders[-1].close)
        yield senders
