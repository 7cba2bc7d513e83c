"""Looks at Temporal: the namespace, what is registered in it, who asks for work, and which build runs are led to."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import PollerInfo, TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    DescribeTaskQueueRequest,
    GetSystemInfoRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from cli.doctor.finding import Finding, fail, ok, warn
from fermata.errors import ConfigurationError, NotFound
from fermata.settings import Settings
from fermata.vocabulary import Channel
from worker.build_routing import Routing
from worker.builds import Builds
from worker.setup import check_search_attributes
from worker.workers import CARRIERS
from workflows.sending import send_queue

_SHORTEST = timedelta(days=3)  # a run that failed on Friday can still be looked at on Monday
_GONE = timedelta(minutes=2)  # a worker asks for work once a minute at the least
_CLOCK_DIFFERS = timedelta(seconds=5)


async def look_at_temporal(client: Client, settings: Settings, queue: str = "journeys") -> AsyncIterator[Finding]:
    """Asks one service of Temporal after the other.

    Args:
        client: Of Temporal.
        settings: Of this deployment.
        queue: The journeys' task queue.

    Raises:
        RPCError: Temporal does not answer.
    """
    info = await client.workflow_service.get_system_info(GetSystemInfoRequest())
    yield ok("temporal", f"server {info.server_version} at {client.service_client.config.target_host}")
    yield _encrypted(client)
    there = await _namespace(client)
    yield there
    if there.level == "fail":
        return
    try:
        await check_search_attributes(client)
        yield ok("temporal search attributes", "all are registered")
    except ConfigurationError as error:
        yield fail("temporal search attributes", str(error).partition(":")[0], "run `fermata setup`")
    asking = await _pollers(client, queue, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW)
    yield _workers(asking)
    if asking:
        yield _clock(asking, datetime.now(UTC))
        yield await _channels(client, queue)
    yield await _builds(client, settings, queue)


def _encrypted(client: Client) -> Finding:
    check, config = "temporal encryption", client.service_client.config
    if config.tls or (config.tls is None and config.api_key):
        return ok(check, "TLS")
    host = config.target_host.rpartition(":")[0]
    if host in ("localhost", "127.0.0.1", "[::1]"):
        return ok(check, "none, on this machine")
    return warn(check, f"none, to {host}", "set TEMPORAL_TLS_SERVER_CA_CERT_PATH, or TEMPORAL_TLS=true")


async def _namespace(client: Client) -> Finding:
    check, name = "temporal namespace", client.namespace
    try:
        described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=name))
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return fail(
            check, f"there is no {name!r}", f"temporal operator namespace create --namespace {name} --retention 30d"
        )
    kept = described.config.workflow_execution_retention_ttl.ToTimedelta()
    found = f"{name!r} keeps the histories of ended runs for {kept.total_seconds() / 86400:g} days"
    if kept < _SHORTEST:
        return warn(check, found, f"temporal operator namespace update --namespace {name} --retention 30d")
    return ok(check, found)


def _workers(asking: Iterable[PollerInfo]) -> Finding:
    workers = {each.identity for each in asking}
    if not workers:
        return fail("temporal workers", "none asks for work: runs stand still", "start `fermata worker`")
    if len(workers) == 1:
        return warn("temporal workers", "one asks for work", "start a second one: while one is away the other goes on")
    return ok("temporal workers", f"{len(workers)} ask for work")


def _clock(asking: Iterable[PollerInfo], now: datetime) -> Finding:
    """Temporal tells no time of its own but when somebody asked it last, which cannot be later than now."""
    ahead = max(each.last_access_time.ToDatetime(tzinfo=UTC) for each in asking) - now
    if ahead > _CLOCK_DIFFERS:
        return warn(
            "temporal clock", f"{ahead.total_seconds():.0f} s ahead of this machine's", "let both keep time by NTP"
        )
    return ok("temporal clock", "not ahead of this machine's")


async def _channels(client: Client, queue: str) -> Finding:
    """A channel whose queue nobody asks has its messages wait there."""
    kind = TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY
    asking = await asyncio.gather(*(_pollers(client, send_queue(queue, channel), kind) for channel in CARRIERS))
    unasked = [channel for channel, pollers in zip(CARRIERS, asking, strict=True) if not pollers]
    if unasked:
        return fail(
            "temporal channels", f"nobody sends {_list(unasked)}", "start `fermata worker` again: each takes all"
        )
    return ok("temporal channels", f"somebody sends on each of {len(CARRIERS)}")


async def _builds(client: Client, settings: Settings, queue: str) -> Finding:
    check = "temporal builds"
    try:
        routing = await Builds(client, settings.deployment, queue=queue).routing()
    except NotFound:
        if settings.build_id is None:
            return ok(check, "every worker takes every run")
        return fail(check, f"no worker of {settings.deployment!r} has started", "start one with FERMATA_BUILD_ID")
    return _routed(check, routing)


def _routed(check: str, routing: Routing) -> Finding:
    told = {each.build_id: each for each in routing.builds}
    for name in (routing.current, routing.ramping):
        if name is not None and not told[name].workers:
            return fail(
                check, f"runs are led to {name!r}, which no worker has", f"start workers with FERMATA_BUILD_ID={name}"
            )
    if routing.current is None and not routing.unversioned_workers:
        return fail(check, "no build is current, and no worker is without one", "fermata deploy promote BUILD_ID")
    said = "workers without a build" if routing.current is None else repr(routing.current)
    ramping = f", {routing.percent:g} % to {routing.ramping!r}" if routing.ramping is not None else ""
    return ok(check, f"runs are led to {said}{ramping}")


async def _pollers(client: Client, queue: str, kind: TaskQueueType.ValueType) -> list[PollerInfo]:
    """Who asked for work lately."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind
    )
    answer = await client.workflow_service.describe_task_queue(request)
    since = datetime.now(UTC) - _GONE
    return [each for each in answer.pollers if each.last_access_time.ToDatetime(tzinfo=UTC) >= since]


def _list(channels: Iterable[Channel]) -> str:
    return ", ".join(each.value for each in channels)
