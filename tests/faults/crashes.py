"""Crashes: of the API, a worker, Postgres and Temporal, and of a worker at each of the five points of a send."""

import asyncio
import random
import signal
from collections.abc import Sequence
from datetime import timedelta

from cli.stack.waiting import until
from tests.faults.deployment import Deployment
from tests.faults.mortal import POINTS

KINDS = ("api", "worker", "postgres", "temporal", *POINTS)
_REACHED_WITHIN = timedelta(seconds=30)


def draw(count: int, seed: int) -> Sequence[str]:
    """So many crashes of all kinds, in a random order; the same ones for the same seed."""
    kinds = [KINDS[place % len(KINDS)] for place in range(count)]
    random.Random(seed).shuffle(kinds)  # noqa: S311 - moments to crash at, no secret
    return kinds


async def crash(deployment: Deployment, kind: str, chance: random.Random) -> None:
    """Has one thing crash. Servers come back on their files; processes are started again by whoever keeps them.

    Raises:
        AssertionError: No worker came to the point of a send at which it was to die.
    """
    await asyncio.sleep(chance.uniform(0.1, 1.0))
    if kind in POINTS:
        fate = deployment.fate / kind
        fate.touch()
        assert await until(lambda: not fate.exists(), limit=_REACHED_WITHIN), f"nobody came to the point {kind!r}"
    elif kind == "postgres":
        if chance.random() < 0.5:
            deployment.postgres.child.signal(signal.SIGQUIT)  # an immediate stop
            await deployment.postgres.child.wait()
        await deployment.postgres.kill()
        await deployment.postgres.start()
    elif kind == "temporal":
        await deployment.temporal.kill()
        await deployment.temporal.start()
    else:
        await deployment.processes["api" if kind == "api" else f"worker {chance.randint(1, 2)}"].kill()
