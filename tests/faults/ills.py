"""Ills that last for a while: roads cut, silent, slow or half-open, a storm at the providers, clocks that jump."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from http import HTTPStatus

from cli.stack.provider_ledger import Fault
from tests.faults.deployment import Deployment
from tests.faults.mortal import CLOCK
from tests.faults.tcp_proxy import TcpProxy

_ROADS = ("postgres", "temporal", "provider", "smtp")
_WAYS = ("cut", "silent", "slow", "half-open")
_STORMS = ("too many", "failing", "failing after delivery", "late")
_JUMPS = ("ahead", "behind")
ROADS = tuple(f"road to {road} {way}" for road in _ROADS for way in _WAYS)
STORMS = tuple(f"provider {storm}" for storm in _STORMS)
CLOCKS = tuple(f"clock {jump}" for jump in _JUMPS)

_SLOW, _BYTES_A_SECOND = timedelta(milliseconds=100), 50_000
_LATE = timedelta(seconds=12)  # longer than anybody waits for a provider
_HOURS = (1, 6)
_WITHOUT_END = 1_000_000


def draw(kinds: Sequence[str], count: int, seed: int) -> Sequence[str]:
    """So many ills, each kind as often as the others, in a random order; the same ones for the same seed."""
    drawn = [kinds[place % len(kinds)] for place in range(count)]
    random.Random(seed).shuffle(drawn)  # noqa: S311 - a test's own
    return drawn


async def suffer(deployment: Deployment, kind: str, lasts: timedelta, chance: random.Random) -> None:
    """Has one ill last for so long. Clocks stay as they are turned, until the next jump or ``set_clocks``."""
    what, _, how = kind.partition(" ")
    if what == "clock":
        hours = chance.uniform(*_HOURS) * (1 if how == "ahead" else -1)
        worker = f"worker {chance.randint(1, 2)}"
        (deployment.own(worker) / CLOCK).write_text(str(hours * 3600))
        await asyncio.sleep(lasts.total_seconds())
        return
    healing = _storm(deployment, how) if what == "provider" else _bad_road(deployment, how)
    async with healing:
        await asyncio.sleep(lasts.total_seconds())


def set_clocks(deployment: Deployment) -> None:
    """Has all clocks go right again."""
    for worker in ("worker 1", "worker 2"):
        (deployment.own(worker) / CLOCK).unlink(missing_ok=True)


@asynccontextmanager
async def _storm(deployment: Deployment, how: str) -> AsyncIterator[None]:
    ledger, usual = deployment.provider.ledger, deployment.provider.ledger.delay
    match how:
        case "too many":
            ledger.fail_next(Fault(status=HTTPStatus.TOO_MANY_REQUESTS, times=_WITHOUT_END, retry_after=1))
        case "failing":
            ledger.fail_next(Fault(status=HTTPStatus.INTERNAL_SERVER_ERROR, times=_WITHOUT_END))
        case "failing after delivery":
            ledger.fail_next(Fault(status=HTTPStatus.BAD_GATEWAY, times=_WITHOUT_END, after_delivery=True))
        case _:
            ledger.delay = _LATE
    try:
        yield
    finally:
        ledger.fail_no_more()
        ledger.delay = usual


@asynccontextmanager
async def _bad_road(deployment: Deployment, how: str) -> AsyncIterator[None]:
    name, way = how.removeprefix("to ").split(" ")
    road: TcpProxy = deployment.roads[name]
    match way:
        case "cut":
            road.cut()
        case "silent":
            road.hang()
        case "slow":
            road.slow(_SLOW, _BYTES_A_SECOND)
        case _:
            road.forget()
    try:
        yield
    finally:
        road.heal()
