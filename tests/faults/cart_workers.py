"""Workers for cart recovery that come and go: in the tests' own process, or in one of its own, to be killed.

``python -m tests.faults.cart_workers PLACE`` works until it is ended; it says ``working`` when it has begun.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from pydantic import BaseModel, ConfigDict
from temporalio.client import Client

from activities.decisions import Decisions
from activities.people import People
from activities.runs import Runs
from activities.sends import Sends
from fermata.channels import Carriers, Health, Templates, providers_from
from fermata.clock import WorkflowClock
from fermata.database import open_pool
from fermata.ingest import Ingest
from tests.acceptance.world import LINKS
from worker.plugin import fermata_plugin
from worker.workers import workers
from workflows.discovery import discover

_CACHED = 10
"""Of the many runs under way: nearly every task replays its run from the beginning."""


class Place(BaseModel):
    """Where everything is."""

    model_config = ConfigDict(frozen=True)

    temporal: str
    database: str
    provider: str
    smtp: str
    queue: str


@asynccontextmanager
async def at_work(place: Place) -> AsyncIterator[None]:
    """One worker, with connections of its own, until the block is left: what it has in hand is done first."""
    client = await Client.connect(place.temporal, plugins=[fermata_plugin()])
    journeys = discover(("workflows.cart_recovery",))
    clock = WorkflowClock()
    async with (
        open_pool(place.database, most=8) as pool,
        providers_from(
            pool=pool,
            from_address="Shop <hello@shop.example>",
            smtp_url=place.smtp,
            push_url=f"{place.provider}/push",
            sms_url=f"{place.provider}/sms",
        ) as roster,
        workers(
            client,
            journeys=journeys,
            decisions=Decisions(pool, clock),
            sends=Sends(pool, Carriers(roster, Health(pool, roster)), _templates(), clock, LINKS),
            runs=Runs(pool),
            people=People(pool, Ingest(pool, journeys.registry), clock),
            queue=place.queue,
            cached_runs=_CACHED,
        ),
    ):
        yield


@cache
def _templates() -> Templates:
    return Templates(discover(("workflows.cart_recovery",)).template_roots)


async def _work(place: Place) -> None:
    async with at_work(place):
        sys.stdout.write("working\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_work(Place.model_validate_json(sys.argv[1])))
