"""The worker process: all opened once, the journeys checked, then workers and dispatcher until a signal comes."""

import asyncio
import os
import signal
from collections.abc import Coroutine, Mapping
from contextlib import AsyncExitStack
from typing import NoReturn

import structlog
from opentelemetry.trace import Tracer
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion

from activities.broadcasts import Broadcasts
from activities.decisions import Decisions
from activities.meters import JourneyMeters
from activities.people import People
from activities.runs import Runs
from activities.sends import Sends
from fermata.audiences.declared import Audiences
from fermata.broadcasts import Declared
from fermata.channels import Carriers, Health, LiveTemplates, Roster, Site, providers_from
from fermata.channels.ads import AudienceProvider
from fermata.channels.hand_off import HandOffProvider
from fermata.channels.hand_off_desks import Desk
from fermata.channels.sharing import sharing
from fermata.channels.tracked_links import TrackedLinks
from fermata.clock import SystemClock
from fermata.database import Pool, open_pool
from fermata.deployment import (
    deployment_audiences,
    deployment_desks,
    deployment_leave_on,
    deployment_providers,
    deployment_verbs,
)
from fermata.errors import NotFound
from fermata.events.verbs import Verbs
from fermata.ingest import Ingest
from fermata.metrics_page import MetricsPage, process_registry
from fermata.profiles.consent_links import ConsentLinks
from fermata.settings import Settings
from fermata.steady_heap import freeze_heap
from fermata.trace_context import NO_TRACER
from worker.broadcast_checks import check_broadcasts
from worker.builds import Builds
from worker.dispatcher import Dispatcher
from worker.erasing import keep_erasing, outcomes_of
from worker.meters import DispatchMeters, WatchMeters
from worker.readiness import Readiness
from worker.reconciler import keep_audiences, reconciling
from worker.retaining import keep_retaining, kept_by
from worker.serving import answering
from worker.setup import check_search_attributes
from worker.stuck_runs import keep_looking_for_stuck
from worker.template_watch import TemplateChecks, keep_templates
from worker.temporal import connect
from worker.temporal_metrics import temporal_runtime
from worker.watch import Watch
from worker.workers import workers
from workflows.broadcast_schedules import BroadcastSchedules
from workflows.declared_broadcasts import declared_broadcasts
from workflows.discovery import Journeys, discover

_log = structlog.get_logger("fermata.worker")


async def work(settings: Settings, tracer: Tracer = NO_TRACER) -> None:
    """Runs journeys, sends messages and dispatches events until SIGTERM or SIGINT.

    Args:
        settings: Of this deployment.
        tracer: What records how events reach runs, and messages their providers.

    Raises:
        DefinitionError: A journey or template cannot work; nothing is started.
        ConfigurationError: Something of the deployment is missing.
        Unavailable: Postgres or Temporal does not answer.
    """
    journeys = discover(settings.journeys)
    verbs = deployment_verbs(settings)
    audiences, desks = deployment_audiences(settings, os.environ), deployment_desks(settings, os.environ)
    site = Site(name=settings.site_name, url=settings.site_url, address=settings.site_address)
    templates = LiveTemplates(journeys.template_roots, site=site)
    stopped = _stopped_by_signal()
    registry = process_registry()
    counted = JourneyMeters(registry)
    runtime = temporal_runtime(settings.worker_host, settings.temporal_metrics_port)
    client = await connect(runtime=runtime, tracer=tracer)
    await check_search_attributes(client)
    clock = SystemClock()
    links, tracked = _links(settings)
    broadcasts = declared_broadcasts(settings.journeys)
    check_broadcasts(broadcasts, journeys.registry, verbs)
    async with open_pool(
        settings.database_url, most=settings.database_connections, statement_limit=settings.database_timeout
    ) as pool:
        check = TemplateChecks(pool, journeys, verbs, audiences, desks)
        await check(templates.current)
        async with AsyncExitStack() as stack:
            roster = await stack.enter_async_context(_providers(settings, pool, audiences, desks))
            health = Health(pool, roster)
            await health.enlist()
            carriers = Carriers(roster, health)
            shared = await stack.enter_async_context(sharing(pool, carriers))
            ingest = _ingest(settings, pool, journeys, verbs)
            working = workers(
                client,
                journeys=journeys,
                decisions=Decisions(pool, clock, settings.holdout, counted),
                sends=Sends(pool, carriers, templates, clock, links, tracked, counted, tracer),
                runs=Runs(pool, counted),
                people=People(pool, ingest, clock),
                broadcasts=Broadcasts(pool, ingest, journeys.registry, broadcasts, clock),
                rates=roster.rates,
                build=_build(settings),
            )
            await stack.enter_async_context(working)
            reconciler = await stack.enter_async_context(reconciling(pool, audiences))
            await _schedule(client, broadcasts)
            _log.info("working", journeys=list(journeys.classes), channels=sorted(roster), build=settings.build_id)
            await _tell_whether_led_to(client, settings)
            freeze_heap()
            dispatcher = Dispatcher(pool, client, pace=settings.pace, meters=DispatchMeters(registry), tracer=tracer)
            readiness, page = Readiness(pool, client, dispatcher), MetricsPage(registry, settings.metrics_token)
            host, port = settings.worker_host, settings.worker_port
            await stack.enter_async_context(answering(readiness, page, host=host, port=port))
            await _until(
                stopped,
                dispatcher.run(),
                keep_audiences(reconciler),
                keep_templates(templates, check),
                shared.keep(),
                *([Watch(pool, WatchMeters(registry)).keep()] if port is not None else []),
                keep_looking_for_stuck(pool, client),
                keep_erasing(pool, client, outcomes_of(journeys.registry)),
                keep_retaining(pool, kept_by(settings)),
            )
            _log.info("stopping; what is being sent is finished first")


async def _schedule(client: Client, broadcasts: Declared) -> None:
    """Broadcasts that recur are scheduled, and held until somebody lets them go: a deploy tells nobody anything."""

    async def connected() -> Client:
        return client

    for name in await BroadcastSchedules(broadcasts, connected).set_up():
        _log.info(f"scheduled and held: fermata schedule resume {name}")


def _build(settings: Settings) -> WorkerDeploymentVersion | None:
    if settings.build_id is None:
        return None
    return WorkerDeploymentVersion(deployment_name=settings.deployment, build_id=settings.build_id)


async def _tell_whether_led_to(client: Client, settings: Settings) -> None:
    """A worker with a build id is given nothing until somebody says so: whoever forgot it finds it in the log."""
    if settings.build_id is None:
        return
    try:
        routing = await Builds(client, settings.deployment).routing()
    except NotFound:
        taken: tuple[str | None, ...] = ()  # the first that ever asked, a moment ago
    else:
        taken = (routing.current, routing.ramping)
    if settings.build_id not in taken:
        _log.warning(f"no runs are led to this build yet: fermata deploy promote {settings.build_id}")


def _links(settings: Settings) -> tuple[ConsentLinks, TrackedLinks]:
    """Both sign with the deployment's secret."""
    links = ConsentLinks(settings.secret_key, settings.public_url)
    if not links.usable:
        _log.warning("FERMATA_SECRET_KEY is not set: messages have no link to unsubscribe by, nothing can be confirmed")
    return links, TrackedLinks(settings.secret_key, settings.public_url, settings.site_url, settings.short_url)


def _providers(settings: Settings, pool: Pool, audiences: Audiences, desks: Mapping[str, Desk]) -> Roster:
    return providers_from(
        pool=pool,
        from_address=settings.mail_from,
        smtp_url=settings.smtp_url.get_secret_value() if settings.smtp_url else None,
        push_url=settings.push_url,
        sms_url=settings.sms_url,
        provider_token=settings.provider_token.get_secret_value() if settings.provider_token else None,
        declarations=deployment_providers(settings, os.environ),
        also=(AudienceProvider(pool, audiences), HandOffProvider(pool, desks)),
    )


def _ingest(settings: Settings, pool: Pool, journeys: Journeys, verbs: Verbs) -> Ingest:
    """The door by which journeys tell something of their people: with the same rules as everybody's."""
    return Ingest(
        pool,
        journeys.registry,
        latest_trigger=settings.latest_trigger,
        most_runs=settings.most_runs_per_profile,
        holdout=settings.holdout,
        verbs=verbs,
        leave_on=deployment_leave_on(settings),
    )


async def _until(stopped: asyncio.Event, *serving: Coroutine[object, object, NoReturn]) -> None:
    """Serves until the process is asked to stop; what fails for good takes the process with it."""
    tasks = [asyncio.create_task(each) for each in (*serving, stopped.wait())]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    for end in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(end, Exception):
            raise end


def _stopped_by_signal() -> asyncio.Event:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    return stopped
