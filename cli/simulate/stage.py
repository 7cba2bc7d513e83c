"""What simulations share: a ledger, workers on the time of their runs, a way in for events, and nobody to send to."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from asyncpg import Record
from pydantic import SecretStr
from temporalio.client import Client
from temporalio.service import RPCError

from cli.simulate.clock import SimulatedTime
from cli.simulate.recorder import Recorder
from cli.simulate.stamped_runner import StampedRunner, Watch
from fermata.channels import Site, Templates
from fermata.database import Pool, Queries
from fermata.errors import NotFound
from fermata.events.verbs import Verbs, standard_verbs
from fermata.ingest import Ingest
from fermata.journeys import NOBODY, GlobalHoldout, Registry
from fermata.ledger.policies import put_in_force
from fermata.profiles.consent_links import ConsentLinks
from worker.dispatcher import Dispatcher
from worker.plugin import fermata_plugin
from worker.sandbox import runner
from worker.skipped_time import workers_on_skipped_time
from workflows.discovery import Journeys

_QUERIES = Queries("cli.simulate")
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
_AFTER_ALL = datetime(2900, 1, 1, tzinfo=UTC)
_SECRET = SecretStr("a simulation signs links that lead nowhere")


@dataclass(frozen=True)
class KnownAs:
    """What a profile is called, and on whose clock it lives.

    Args:
        name: Its user id, else a visitor's, else the profile's id.
        zone: None where it is not known.
    """

    name: str
    zone: str | None


@dataclass
class Stage:
    """All of that, opened by ``open_stage``.

    Args:
        pool: Of the throw-away ledger.
        registry: The journeys that run.
        ingest: The way in.
        recorder: What would have been sent.
        client: Of the server.
        dispatcher: Takes events to runs.
        verbs: The standard events.
        times: Whose time each profile is on; None stands for everybody else.
    """

    pool: Pool
    registry: Registry
    ingest: Ingest
    recorder: Recorder
    client: Client
    dispatcher: Dispatcher
    verbs: Verbs
    times: dict[UUID | None, SimulatedTime] = field(default_factory=dict)
    _delivering: asyncio.Lock = field(default_factory=asyncio.Lock)
    _looked: int = 0

    async def known(self, people: Sequence[UUID] | None) -> dict[UUID, KnownAs]:
        """What people are called; everybody where nobody is named."""
        rows = await self.pool.fetch(_QUERIES["people"], people)
        return {row["id"]: KnownAs(row["name"] or str(row["id"]), row["zone"]) for row in rows}

    async def run_rows(self, people: Sequence[UUID] | None) -> list[Record]:
        """The runs of people, in the order in which they began; everybody's where nobody is named."""
        rows: list[Record] = await self.pool.fetch(_QUERIES["runs"], people)
        return rows

    async def deliver(self) -> None:
        """Takes to runs what is on the way to them, also what was put off a moment ago."""
        async with self._delivering:
            self._looked += 1
            if await self.dispatcher.deliver_due(_AFTER_ALL + timedelta(hours=self._looked)) == 0:
                await asyncio.sleep(0.005)  # another one holds it, or a run has not quite ended


@asynccontextmanager
async def open_stage(
    temporal_address: str,
    pool: Pool,
    *,
    journeys: Journeys,
    policy: str,
    site: Site | None = None,
    verbs: Verbs | None = None,
    most_runs: int | None = None,
    holdout: GlobalHoldout | None = None,
    cached_runs: int = 1000,
) -> AsyncIterator[Stage]:
    """Opens a stage; what still runs at its end is terminated.

    Args:
        temporal_address: Of a server that skips time.
        pool: Of an empty database with the newest schema.
        journeys: What runs.
        policy: The document that is in force.
        site: Whom the messages speak for.
        verbs: The standard events; those that ship where it is None.
        most_runs: How many runs of one profile may be active at once; None for any number.
        holdout: Whom no marketing reaches; None holds nobody out, of a journey neither.
        cached_runs: How many runs stay in memory between two events; 0 replays each from its history every time.

    Raises:
        PolicyError: The policy cannot be used.
        DefinitionError: A template cannot work.
    """
    times: dict[UUID | None, SimulatedTime] = {}
    watch = Watch(lambda workflow_id: _time_of(workflow_id, times))
    plugin = fermata_plugin(StampedRunner(runner(), watch))
    client = await Client.connect(temporal_address, plugins=[plugin])
    async with pool.acquire() as connection:
        await put_in_force(connection, policy, author="simulation", at=_BEFORE_ALL, note=None)
    recorder, queue = Recorder(), f"{uuid4().hex}-journeys"
    registry = journeys.registry if holdout is not None else _without_holdouts(journeys.registry)
    everywhere = holdout or NOBODY
    ingest = Ingest(pool, registry, latest_trigger=None, most_runs=most_runs, holdout=everywhere, verbs=verbs)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(
            workers_on_skipped_time(
                client,
                pool,
                journeys=journeys,
                roster=recorder.roster,
                templates=Templates(journeys.template_roots, site=site or Site()),
                ingest=ingest,
                links=ConsentLinks(_SECRET, "https://shop.example"),
                queue=queue,
                holdout=everywhere,
                cached_runs=cached_runs,
            )
        )
        dispatcher = Dispatcher(pool, client, queue=queue)
        yield Stage(pool, registry, ingest, recorder, client, dispatcher, verbs or standard_verbs(), times)
        await _end_runs(client, times.values())


def _without_holdouts(registry: Registry) -> Registry:
    return Registry({name: registry[name].model_copy(update={"holdout": 0.0}) for name in registry})


async def _end_runs(client: Client, times: Iterable[SimulatedTime]) -> None:
    """Others use the server after us: nothing of ours goes on in it."""
    for time in {id(time): time for time in times}.values():
        for run in time.runs.values():
            if not run.ended:
                with suppress(RPCError):  # it has ended meanwhile
                    await client.get_workflow_handle(run.workflow_id).terminate("the simulation is over")


def _time_of(workflow_id: str, times: dict[UUID | None, SimulatedTime]) -> SimulatedTime:
    """That of the profile in the workflow's id."""
    profile_id = UUID(workflow_id.split("/")[1])
    time = times.get(profile_id) or times.get(None)
    if time is None:
        raise NotFound(f"{workflow_id} is in no simulation")
    return time
