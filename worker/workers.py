"""The workers of one process: one for the journeys, and one a channel, so that a slow provider holds up nobody else."""

import math
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from types import MappingProxyType

from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig

from activities.broadcasts import Broadcasts
from activities.decisions import Decisions
from activities.people import People
from activities.runs import Runs
from activities.sends import Sends
from fermata.vocabulary import Channel
from workflows.broadcast import BroadcastRun
from workflows.discovery import Journeys
from workflows.sending import send_queue

CARRIERS = (Channel.EMAIL, Channel.SMS, Channel.PUSH, Channel.IN_APP, Channel.ADS, Channel.HAND_OFF)
"""The channels that have a task queue of their own; inbox messages and badges go with in-app cards."""

NO_LIMITS: Mapping[Channel, float] = MappingProxyType({})

_GRACE = timedelta(seconds=10)  # a stopping worker lets what it is sending come to an end


@asynccontextmanager
async def workers(
    client: Client,
    *,
    journeys: Journeys,
    decisions: Decisions,
    sends: Sends,
    runs: Runs,
    people: People,
    broadcasts: Broadcasts | None = None,
    rates: Mapping[Channel, float] = NO_LIMITS,
    build: WorkerDeploymentVersion | None = None,
    queue: str = "journeys",
    cached_runs: int = 1000,
) -> AsyncIterator[None]:
    """Runs the workers until the block is left; what is being sent is finished first.

    Args:
        client: Connected with ``fermata_plugin()``.
        journeys: What they run.
        decisions, sends, runs, people: The activities.
        broadcasts: Those of broadcasts; None where there are none.
        rates: Of a channel's providers together, in messages a second: no more leave its queue, whoever takes them.
        build: Which build of which deployment they are; None for any, of none.
        queue: The journeys' task queue; ends in ``journeys``.
        cached_runs: How many runs stay in memory between two events; 0 replays each from its history every time.
    """
    async with AsyncExitStack() as stack:
        for channel in CARRIERS:
            worker = send_worker(client, sends, channel, rate=rates.get(channel), build=build, queue=queue)
            await stack.enter_async_context(worker)
        await stack.enter_async_context(
            Worker(
                client,
                task_queue=queue,
                workflows=[*journeys.classes.values(), BroadcastRun],
                activities=[
                    decisions.decide,
                    runs.close,
                    *people.activities,
                    *(broadcasts.activities if broadcasts is not None else ()),
                ],
                max_cached_workflows=cached_runs,
                max_concurrent_activities=50,
                graceful_shutdown_timeout=_GRACE,
                deployment_config=_versioned(build),
            )
        )
        yield


def send_worker(
    client: Client,
    sends: Sends,
    channel: Channel,
    *,
    rate: float | None,
    build: WorkerDeploymentVersion | None = None,
    queue: str = "journeys",
) -> Worker:
    """The worker of one channel.

    Args:
        client: Connected with ``fermata_plugin()``.
        sends: The activity.
        channel: One of ``CARRIERS``.
        rate: Of the channel's providers together, in messages a second, whatever builds there are; None for no limit.
        build: Which build of which deployment it is; None for any, of none.
        queue: The journeys' task queue.
    """
    return Worker(
        client,
        task_queue=send_queue(queue, channel),
        activities=[sends.send],
        max_concurrent_activities=_at_once(rate),
        max_task_queue_activities_per_second=rate,
        graceful_shutdown_timeout=_GRACE,
        deployment_config=_versioned(build),
    )


def _versioned(build: WorkerDeploymentVersion | None) -> WorkerDeploymentConfig | None:
    """A run lasts for weeks: it goes on in the build that it is led to by then, and no old build is kept for it."""
    if build is None:
        return None
    return WorkerDeploymentConfig(
        version=build, use_worker_versioning=True, default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE
    )


def _at_once(rate: float | None) -> int:
    """Enough for a provider that takes half a second for its answer; a queue with no limit is held by this alone."""
    return 20 if rate is None else min(max(20, math.ceil(rate / 2)), 200)
