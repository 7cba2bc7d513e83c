"""Lets many people leave a cart at once, and waits until each of their journeys has ended: by hand, and ours."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import uuid4

import httpx
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import Worker

from cli.bench.by_hand.activities import TABLE, HandWritten
from cli.bench.by_hand.cart import BareCart, LeftCart
from cli.bench.by_hand.others import BareHeld
from cli.bench.by_hand.sixty_days import BareSixtyDays
from cli.bench.stand_ins import provider_of_its_own, smtp_of_its_own
from cli.stack.postgres import Postgres
from cli.stack.temporal_server import TemporalServer
from fermata.channels import Roster, Templates
from fermata.channels.providers import providers_from
from fermata.database import Pool, open_pool
from fermata.database.migrate import migrate
from fermata.errors import Unavailable
from fermata.events import IncomingEvent, parse
from fermata.ingest import Ingest
from fermata.ledger.policies import put_in_force
from fermata.profiles.consent_links import NO_LINKS
from worker.dispatcher import Dispatcher
from worker.plugin import fermata_plugin
from worker.skipped_time import workers_on_skipped_time
from workflows.discovery import Journeys, discover
from workflows.search_attributes import ALL

_PACE = 100_000_000.0  # three years in a second: what is measured is work, and not waiting
_ALL_ALLOWED = "version = 1\n"
_AT_ONCE = 50  # starts, by hand; as many as a dispatcher takes in one go
_CONSENT = {"marketing": "granted"}
_RUNS = """
SELECT runs.workflow_id FROM journey_runs AS runs JOIN identities USING (profile_id)
WHERE identities.kind = 'user_id' AND identities.value = ANY($1::text[]) AND runs.journey <> 'cart_recovery'
"""

Run: TypeAlias = WorkflowHandle[Any, Any]
Leave: TypeAlias = Callable[[], Awaitable[Sequence[Run]]]
Crowd: TypeAlias = Callable[[int], Awaitable[Leave]]
"""Makes so many people ready, and returns what lets them all leave their carts, waits until the last run has ended, and
returns the runs."""


@dataclass(frozen=True)
class CartServers:
    """What both run on, each with a database of its own.

    Args:
        client: Of Temporal, as Fermata connects.
        plain: Of the same server, as one connects by hand.
        bare, ours: Databases.
        bare_url, ours_url: Of these.
        smtp: Address of the mail server.
        provider: Base address of the provider of texts.
    """

    client: Client
    plain: Client
    bare: Pool
    ours: Pool
    smtp: str
    provider: str


@asynccontextmanager
async def cart_servers(*, policy: str = _ALL_ALLOWED, time_skipping: bool = False) -> AsyncIterator[CartServers]:
    """Starts them, on throw-away files.

    Args:
        policy: In force.
        time_skipping: Whether all waits of our runs pass at once, those of holds too.
    """
    async with AsyncExitStack() as stack:
        postgres = await stack.enter_async_context(Postgres(durable=False))
        temporal = await stack.enter_async_context(TemporalServer(search_attributes=ALL, time_skipping=time_skipping))
        smtp = await stack.enter_async_context(smtp_of_its_own())
        provider = await stack.enter_async_context(provider_of_its_own())
        bare = await stack.enter_async_context(open_pool(await postgres.create_database("bare")))
        await bare.execute(TABLE)
        url = await postgres.create_database("ours")
        await migrate(url)
        ours = await stack.enter_async_context(open_pool(url))
        async with ours.acquire() as connection:
            await put_in_force(connection, policy, author="fermata bench", at=datetime.now(UTC))
        client = await Client.connect(temporal.address, plugins=[fermata_plugin()])
        if time_skipping:
            client = TimeSkipper(client, config=TimeSkippingConfig(max_session_skip_count=1000)).client
        yield CartServers(client, await Client.connect(temporal.address), bare, ours, smtp, provider)


@asynccontextmanager
async def by_hand(
    servers: CartServers, cached_runs: int = 1000, workflow: type[BareCart | BareSixtyDays | BareHeld] = BareCart
) -> AsyncIterator[Crowd]:
    """A worker of a workflow by hand, whose activities ask, note and send.

    Args:
        servers: That it uses.
        cached_runs: How many runs stay in memory between two events.
        workflow: Which one.
    """
    queue = uuid4().hex
    async with httpx.AsyncClient(base_url=servers.provider) as provider:
        activities = HandWritten(servers.bare, servers.smtp, provider)
        async with Worker(
            servers.plain,
            task_queue=queue,
            workflows=[workflow],
            activities=[activities.decide, activities.send],
            max_cached_workflows=cached_runs,
            max_concurrent_activities=50,
        ):

            async def ready(number: int) -> Leave:
                people, at_once = [str(uuid4()) for _ in range(number)], asyncio.Semaphore(_AT_ONCE)

                async def one(person: str) -> Run:
                    async with at_once:
                        run = await servers.plain.start_workflow(
                            workflow.run, LeftCart(person, _PACE), id=f"by_hand/{person}", task_queue=queue
                        )
                    await run.result()
                    return run

                async def leave() -> Sequence[Run]:
                    return await asyncio.gather(*map(one, people))

                return leave

            yield ready


@asynccontextmanager
async def by_fermata(
    servers: CartServers, cached_runs: int = 1000, trigger: str = "Reference Cart Left"
) -> AsyncIterator[Crowd]:
    """Fermata's workers, with the way in and the dispatcher: all that a deployment runs, in this process.

    Args:
        servers: That it uses.
        cached_runs: How many runs stay in memory between two events.
        trigger: The event that starts the journey.
    """
    queue, journeys = f"{uuid4().hex}-journeys", _journeys()
    door = Ingest(servers.ours, journeys.registry)
    dispatcher = Dispatcher(servers.ours, servers.client, pace=_PACE, queue=queue)
    async with (
        _roster(servers) as roster,
        workers_on_skipped_time(
            servers.client,
            servers.ours,
            journeys=journeys,
            roster=roster,
            templates=Templates(journeys.template_roots),
            ingest=door,
            links=NO_LINKS,
            queue=queue,
            cached_runs=cached_runs,
        ),
    ):

        async def ready(number: int) -> Leave:
            people = [str(uuid4()) for _ in range(number)]
            await door.accept([_known(person) for person in people], (), datetime.now(UTC))

            async def leave() -> Sequence[Run]:
                await door.accept([_left(person, trigger) for person in people], (), datetime.now(UTC))
                while await dispatcher.deliver_due(datetime.now(UTC)):
                    pass
                names = [row["workflow_id"] for row in await servers.ours.fetch(_RUNS, people)]
                if len(names) != number:
                    raise Unavailable(f"{number} people left a cart, and {len(names)} have a run")
                runs = [servers.client.get_workflow_handle(name) for name in names]
                await asyncio.gather(*(run.result() for run in runs))
                return runs

            return leave

        yield ready


@asynccontextmanager
async def _roster(servers: CartServers) -> AsyncIterator[Roster]:
    sender, texts = "Fermata <hello@example.com>", f"{servers.provider}/sms"
    roster = providers_from(pool=servers.ours, from_address=sender, smtp_url=servers.smtp, sms_url=texts)
    async with roster:
        yield roster


def _journeys() -> Journeys:
    """The reference journey alone, and the words of those that ship."""
    shipped, own = discover(("workflows.cart_recovery",)), discover(("cli.bench.journeys",))
    return Journeys(own.classes, (*shipped.template_roots, *own.template_roots))


def _known(person: str) -> IncomingEvent:
    traits = {
        "email": f"{person}@example.com",
        "phone": "+442071838750",
        "timezone": "Europe/London",
        "consent": {"email": _CONSENT, "sms": _CONSENT},
    }
    return _incoming({"type": "identify", "userId": person, "traits": traits})


def _left(person: str, name: str) -> IncomingEvent:
    product = {"product_id": "p1", "name": "Trail shoe", "price": 89.5, "currency": "EUR"}
    return _incoming({"type": "track", "event": name, "userId": person, "properties": product})


def _incoming(call: dict[str, object]) -> IncomingEvent:
    return parse({**call, "messageId": str(uuid4())}, received_at=datetime.now(UTC))
