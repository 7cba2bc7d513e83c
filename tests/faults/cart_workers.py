"""Workers for cart recovery that come and go: in the tests' own process, or in one of its own, to be killed.

``python -m tests.faults.cart_workers PLACE BUILD`` works until it is ended; it says ``working`` when it has begun.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion

from activities.decisions import Decisions
from activities.people import People
from activities.runs import Runs
from activities.sends import Sends
from fermata.channels import Carriers, Health, Templates, providers_from
from fermata.clock import WorkflowClock
from fermata.database import open_pool
from fermata.ingest import Ingest
from tests.acceptance.world import LINKS
from tests.faults.cart_builds import journeys_of
from worker.plugin import fermata_plugin
from worker.workers import workers
from workflows.discovery import discover

_CACHED = 10
"""Of the many runs under way: nearly every task replays its run from the beginning."""


class Place(BaseModel):
    """Where everything is.

    Args:
        temporal, database, provider, smtp: The servers.
        queue: The journeys' task queue.
        deployment: What the workers together are called in Temporal; None for workers of no build.
        code: The folder of the builds' code.
    """

    model_config = ConfigDict(frozen=True)

    temporal: str
    database: str
    provider: str
    smtp: str
    queue: str
    deployment: str | None
    code: Path

    def build_id(self, number: int) -> str:
        """What a build is called."""
        return f"build-{number}"

    def build(self, number: int) -> WorkerDeploymentVersion | None:
        """A build, as Temporal knows it."""
        if self.deployment is None:
            return None
        return WorkerDeploymentVersion(deployment_name=self.deployment, build_id=self.build_id(number))


@asynccontextmanager
async def at_work(place: Place, build: int) -> AsyncIterator[None]:
    """One worker of a build, with connections of its own, until the block is left: what it has in hand comes first."""
    client = await Client.connect(place.temporal, plugins=[fermata_plugin()])
    journeys = journeys_of(build, place.code)
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
            build=place.build(build),
            queue=place.queue,
            cached_runs=_CACHED,
        ),
    ):
        yield


@cache
def _templates() -> Templates:
    return Templates(discover(("workflows.cart_recovery",)).template_roots)


async def _work(place: Place, build: int) -> None:
    async with at_work(place, build):
        sys.stdout.write("working\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_work(Place.model_validate_json(sys.argv[1]), int(sys.argv[2])))
