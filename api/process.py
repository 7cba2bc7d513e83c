"""The API process: the pool opened, the application served until a signal comes, what is under way finished first."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator

import structlog
import uvicorn
from fastapi import FastAPI
from opentelemetry.trace import Tracer
from temporalio.client import Client

from api.application import create_app
from api.meters import ApiMeters
from api.shedding import Room
from fermata.access import DefaultLimits, Limit
from fermata.channels import Site
from fermata.channels.inbox_notices import InboxNotices
from fermata.channels.inbox_session import InboxSessions
from fermata.channels.tracked_links import TrackedLinks
from fermata.database import Pool, open_pool
from fermata.deployment import (
    deployment_feedback,
    deployment_leave_on,
    deployment_verbs,
    deployment_webhooks,
)
from fermata.errors import ConfigurationError
from fermata.feedback import SoftBounces
from fermata.metrics_page import process_registry
from fermata.profiles.consent_links import ConsentLinks
from fermata.settings import Settings
from fermata.steady_heap import freeze_heap
from fermata.trace_context import NO_TRACER
from fermata.traits import load_lead_rules
from workflows.broadcast_desk import BroadcastDesk
from workflows.declared_broadcasts import declared_broadcasts
from workflows.discovery import Journeys, discover
from workflows.runs_in_temporal import RunsInTemporal
from workflows.runs_of_build import RunsOfBuild
from workflows.temporal_at_need import TemporalAtNeed

_log = structlog.get_logger("fermata.api")
_LONGEST_STOP = 10  # seconds for requests that are under way


class _Server(uvicorn.Server):
    """Leaves the signals to ``serve``: uvicorn's own way ends the process before the pool is closed."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(settings: Settings, connect: Callable[[], Awaitable[Client]], tracer: Tracer = NO_TRACER) -> None:
    """Serves the HTTP surface until SIGTERM or SIGINT.

    Args:
        settings: Of this deployment.
        connect: Connects to Temporal. Called when an operator first asks for a run: the door must open without it.
        tracer: What records how requests are answered.

    Raises:
        ConfigurationError: The port is taken, a package of journeys cannot be imported, or a file of this deployment
            says what cannot be.
        Unavailable: Postgres does not answer.
    """
    journeys = discover(settings.journeys)
    async with open_pool(
        settings.database_url, most=settings.database_connections, statement_limit=settings.database_timeout
    ) as pool:
        notices = InboxNotices(pool, most=settings.inbox_streams)
        server = _server(_application(settings, pool, journeys, notices, connect, tracer), settings)

        def stop() -> None:
            server.should_exit = True
            notices.close()  # no stream ends by itself, and the server waits for all that is under way

        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop)
        with _listening(settings.api_host, settings.api_port) as listener:
            _log.info(
                "listening", host=settings.api_host, port=listener.getsockname()[1], journeys=list(journeys.registry)
            )
            freeze_heap()
            await server.serve([listener])


def _application(
    settings: Settings,
    pool: Pool,
    journeys: Journeys,
    notices: InboxNotices,
    connect: Callable[[], Awaitable[Client]],
    tracer: Tracer,
) -> FastAPI:
    at_need = TemporalAtNeed(connect)
    return create_app(
        pool=pool,
        database_url=settings.database_url,
        registry=journeys.registry,
        discovered=journeys,
        builds=RunsOfBuild(at_need, settings.deployment),
        latest_trigger=settings.latest_trigger,
        most_runs=settings.most_runs_per_profile,
        holdout=settings.holdout,
        verbs=deployment_verbs(settings),
        sources=deployment_webhooks(settings, os.environ),
        tellers=deployment_feedback(settings, os.environ),
        soft_bounces=SoftBounces(settings.soft_bounces, settings.soft_bounces_within),
        public_url=settings.public_url,
        lead_rules=load_lead_rules(settings.lead_score),
        inbox_sessions=InboxSessions(settings.secret_key),
        inbox_notices=notices,
        links=ConsentLinks(settings.secret_key, settings.public_url),
        tracked_links=TrackedLinks(settings.secret_key, settings.public_url, settings.site_url, settings.short_url),
        site=Site(name=settings.site_name, url=settings.site_url, address=settings.site_address),
        leave_on=deployment_leave_on(settings),
        temporal=RunsInTemporal(connect, ui=settings.temporal_ui),
        broadcast_desk=BroadcastDesk(pool, journeys, declared_broadcasts(settings.journeys), connect),
        meters=ApiMeters(process_registry()),
        find_codec=at_need.payload_codec,
        temporal_ui=settings.temporal_ui,
        metrics_token=settings.metrics_token,
        tracer=tracer,
        key_limits=DefaultLimits(Limit.parse(settings.ingest_key_limit), Limit.parse(settings.key_limit)),
        room=Room(requests=settings.ingest_requests, size=settings.ingest_bytes),
    )


def _server(app: FastAPI, settings: Settings) -> uvicorn.Server:
    config = uvicorn.Config(
        app, http="httptools", lifespan="off", log_config=None, access_log=False, server_header=False
    )
    config.timeout_graceful_shutdown = _LONGEST_STOP
    config.limit_concurrency = settings.api_connections
    return _Server(config)


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, or asyncio would not turn off Nagle's algorithm: each answer would take 40 ms longer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"cannot listen on {host}:{port}: {error.strerror}; set FERMATA_API_HOST and FERMATA_API_PORT to a free one"
        ) from error
    return listener
