"""Roads that are cut, silent, slow or half-open, and storms at the providers, while people come: nothing is lost.

Too long for ``make test``; ``make faults`` runs it. ``FERMATA_ILLS`` says how many, ``FERMATA_SEED`` draws others.
"""

import asyncio
import os
import random
from datetime import timedelta

import pytest

from fermata.database import open_pool
from tests.faults.deployment import Deployment
from tests.faults.ills import ROADS, STORMS, draw, suffer
from tests.faults.parcel_audit import audit
from tests.faults.parcel_people import Habit, people
from tests.faults.parcel_traffic import Traffic, cancelled

_ILLS = int(os.environ.get("FERMATA_ILLS", "40"))
_SEED = int(os.environ.get("FERMATA_SEED", "7"))
_HABITS: tuple[Habit, ...] = ("sees", "sees", "receives", "loses")
_LASTS = (1.0, 4.0)  # seconds
_REST = (0.0, 2.0)
_RECOVERED_WITHIN = timedelta(seconds=300)
_SETTINGS = {"FERMATA_DATABASE_TIMEOUT": "PT2S"}
"""Otherwise a road to Postgres that falls silent would take longer than a day of these journeys."""


@pytest.mark.timeout(700 + 8 * _ILLS)
async def test_bad_roads_and_storms_lose_nothing_and_double_nothing() -> None:
    chance = random.Random(_SEED)  # noqa: S311
    async with Deployment(pace=600, settings=_SETTINGS) as deployment:
        traffic = Traffic(deployment, people(_SEED, _HABITS), rate=1.0, seed=_SEED)
        coming = asyncio.create_task(traffic.run())
        try:
            for kind in draw((*ROADS, *STORMS), _ILLS, _SEED):
                await suffer(deployment, kind, timedelta(seconds=chance.uniform(*_LASTS)), chance)
                await asyncio.sleep(chance.uniform(*_REST))
            traffic.close()
            assert await traffic.all_is_told(limit=_RECOVERED_WITHIN)
        finally:
            await cancelled(coming)
        async with open_pool(deployment.postgres.dsn, most=2) as pool:
            figures = await audit(deployment, pool, traffic, limit=_RECOVERED_WITHIN)
    print(f"\n{_ILLS} bad roads and storms, FERMATA_SEED={_SEED}\n{figures}")  # noqa: T201 - what `make faults` is for
    assert figures.faults == (), f"FERMATA_SEED={_SEED} FERMATA_ILLS={_ILLS}\n{figures}"
    assert figures.runs > _ILLS, "there was to be something to break"
