"""Crashes at random points, over API, workers, Postgres and Temporal, while people come: nothing lost, nothing doubled.

9 crashes, one of each kind, in ``make test``; 200 by ``make faults``. ``FERMATA_SEED`` draws others.
"""

import asyncio
import os
import random
from datetime import timedelta

import pytest

from fermata.database import open_pool
from tests.faults.crashes import crash, draw
from tests.faults.deployment import Deployment
from tests.faults.parcel_audit import audit
from tests.faults.parcel_people import Habit, people
from tests.faults.parcel_traffic import Traffic, cancelled

_CRASHES = int(os.environ.get("FERMATA_CRASHES", "9"))
_SEED = int(os.environ.get("FERMATA_SEED", "7"))
_LARGE = _CRASHES > 50
_PACE = 100 if _LARGE else 1800
"""A wait of a day must outlast the backlog that 200 crashes leave on a busy machine: events come minutes late then."""
_HABITS: tuple[Habit, ...] = ("sees", "sees", "sees", "receives", "loses")
_RECOVERED_WITHIN = timedelta(seconds=600 if _LARGE else 60)


@pytest.mark.timeout(120 + 10 * _CRASHES)
async def test_crashes_at_random_points_lose_nothing_and_double_nothing() -> None:
    chance = random.Random(_SEED)  # noqa: S311
    async with Deployment(pace=_PACE) as deployment:
        traffic = Traffic(deployment, people(_SEED, _HABITS), rate=1.5, seed=_SEED)
        coming = asyncio.create_task(traffic.run())
        try:
            for kind in draw(_CRASHES, _SEED):
                await crash(deployment, kind, chance)
            traffic.close()
            assert await traffic.all_is_told(limit=_RECOVERED_WITHIN)
        finally:
            await cancelled(coming)
        async with open_pool(deployment.postgres.dsn, most=2) as pool:
            figures = await audit(deployment, pool, traffic, limit=_RECOVERED_WITHIN)
    print(f"\n{_CRASHES} crashes, FERMATA_SEED={_SEED}\n{figures}")  # noqa: T201 - what `make faults` is for
    assert figures.faults == (), f"FERMATA_SEED={_SEED} FERMATA_CRASHES={_CRASHES}\n{figures}"
    assert figures.runs > _CRASHES, "there was to be something to break"
