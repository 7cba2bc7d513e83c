"""A deployment in one process, on real servers, of which the tests look at what it says of itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from opentelemetry.trace import Tracer
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from temporalio.client import Client

from activities.decisions import Decisions
from activities.meters import JourneyMeters
from activities.people import People
from activities.runs import Runs
from activities.sends import Sends
from api.application import create_app
from api.meters import ApiMeters
from cli.stack.http_server import HttpServer
from cli.stack.waiting import until
from fermata.access import first_keys
from fermata.channels import Carriers, Health, Templates, providers_from
from fermata.clock import SystemClock
from fermata.database import Pool
from fermata.ingest import Ingest
from fermata.trace_context import NO_TRACER
from tests.acceptance.seen_journey import Seen
from tests.acceptance.world import LINKS, all_journeys
from tests.policies import enact
from worker.dispatcher import Dispatcher
from worker.meters import DispatchMeters
from worker.workers import workers
from workflows.discovery import Journeys

_LIMIT = timedelta(seconds=20)
_POLICY = 'version = 1\n[channels]\npush = { window = "always" }\n'
_PACE = 36_000.0  # an hour of the journey in a tenth of a second


@dataclass
class Provider:
    """A push provider that keeps the requests that it gets, and refuses the first where it is told to."""

    requests: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    refuses: int = 0

    def application(self) -> Starlette:
        """What it answers with."""

        async def send(request: Request) -> Response:
            self.requests.append((dict(request.headers), await request.json()))
            if self.refuses:
                self.refuses -= 1
                return JSONResponse({"error": "busy"}, status_code=429, headers={"Retry-After": "0"})
            return JSONResponse({"id": uuid4().hex})

        return Starlette(routes=[Route("/v1/messages", send, methods=["POST"])])


@dataclass
class Shop:
    """The deployment, and the ways to use it."""

    api: httpx.AsyncClient
    pool: Pool
    provider: Provider
    registry: CollectorRegistry

    async def add_to_cart(self, user: str, **headers: str) -> None:
        """Somebody who may be reached puts something into their cart."""
        token = {"device": {"token": f"token-of-{user}", "type": "ios"}}
        consent = {"push": {"marketing": "granted"}}
        names = {"userId": user, "context": token}
        for path, body in (
            ("/v1/identify", {**names, "traits": {"first_name": user, "consent": consent}}),
            ("/v1/track", {**names, "event": "Product Added", "properties": {"product_id": "p1"}}),
        ):
            (await self.api.post(path, json=body, headers=headers)).raise_for_status()

    async def all_is_done(self) -> None:
        """Waits until every run has ended."""

        async def ended() -> bool:
            return bool(await self.pool.fetchval("SELECT bool_and(ended_at IS NOT NULL) FROM journey_runs"))

        assert await until(ended, limit=_LIMIT)


@asynccontextmanager
async def open_shop(client: Client, pool: Pool, tracer: Tracer = NO_TRACER) -> AsyncIterator[Shop]:
    """API, dispatcher, workers and provider, until the block is left.

    Args:
        client: Of Temporal, with Fermata's plugin.
        pool: Of this test's own database.
        tracer: What records.
    """
    journeys = Journeys({"seen": Seen}, all_journeys().template_roots)
    registry, provider, queue = CollectorRegistry(), Provider(), f"{uuid4().hex}-journeys"
    counted, clock = JourneyMeters(registry), SystemClock()
    await enact(pool, _POLICY)
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
    app = create_app(pool=pool, registry=journeys.registry, meters=ApiMeters(registry), tracer=tracer)
    async with AsyncExitStack() as stack:
        pushing = await stack.enter_async_context(HttpServer(provider.application()))
        server = await stack.enter_async_context(HttpServer(app))
        api = httpx.AsyncClient(base_url=server.url, auth=(keys["write"], ""))
        await stack.enter_async_context(api)
        roster = providers_from(
            pool=pool, from_address="a@example.com", smtp_url=None, push_url=pushing.url, sms_url=None
        )
        await stack.enter_async_context(roster)
        carriers = Carriers(roster, Health(pool, roster))
        working = workers(
            client,
            journeys=journeys,
            decisions=Decisions(pool, clock, meters=counted),
            sends=Sends(
                pool, carriers, Templates(journeys.template_roots), clock, LINKS, meters=counted, tracer=tracer
            ),
            runs=Runs(pool, counted),
            people=People(pool, Ingest(pool, journeys.registry), clock),
            queue=queue,
        )
        await stack.enter_async_context(working)
        dispatcher = Dispatcher(pool, client, pace=_PACE, queue=queue, meters=DispatchMeters(registry), tracer=tracer)
        dispatching = asyncio.create_task(dispatcher.run())
        yield Shop(api, pool, provider, registry)
        dispatching.cancel()
        await asyncio.gather(dispatching, return_exceptions=True)
