"""All workers of a deployment in this process, on the time of their runs: for simulations and for tests of journeys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.client import Client

from activities.decisions import Decisions
from activities.people import People
from activities.runs import Runs
from activities.sends import Sends
from fermata.channels import Carriers, Health, Roster, Templates
from fermata.channels.tracked_links import NO_TRACKED_LINKS, TrackedLinks
from fermata.clock import WorkflowClock
from fermata.database import Pool
from fermata.ingest import Ingest
from fermata.journeys import NOBODY, GlobalHoldout
from fermata.profiles.consent_links import ConsentLinks
from worker.workers import workers
from workflows.discovery import Journeys


@asynccontextmanager
async def workers_on_skipped_time(
    client: Client,
    pool: Pool,
    *,
    journeys: Journeys,
    roster: Roster,
    templates: Templates,
    ingest: Ingest,
    links: ConsentLinks,
    queue: str,
    tracked: TrackedLinks = NO_TRACKED_LINKS,
    holdout: GlobalHoldout = NOBODY,
    cached_runs: int = 1000,
) -> AsyncIterator[None]:
    """Runs them until the block is left. What is decided and sent is so at the instant that its run believes in.

    Args:
        client: Connected with ``fermata_plugin()``, or with one that only runs workflows otherwise.
        pool: Of a database that may be thrown away.
        journeys: What they run.
        roster: Who carries messages; it stays the caller's.
        templates: What messages are written from.
        ingest: By which journeys tell something of their people.
        links: Writes the links in messages.
        queue: The journeys' task queue; ends in ``journeys``.
        tracked: By which clicks in mail are known.
        holdout: Whom no marketing reaches.
        cached_runs: How many runs stay in memory between two events; 0 replays each from its history every time.
    """
    clock = WorkflowClock()
    async with workers(
        client,
        journeys=journeys,
        decisions=Decisions(pool, clock, holdout),
        sends=Sends(pool, Carriers(roster, Health(pool, roster)), templates, clock, links, tracked),
        runs=Runs(pool),
        people=People(pool, ingest, clock),
        queue=queue,
        cached_runs=cached_runs,
    ):
        yield
