"""Which builds of the workers Temporal leads runs to, and what is left of the older ones: read, never changed."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict
from temporalio.api.deployment.v1 import WorkerDeploymentInfo
from temporalio.api.enums.v1 import RoutingConfigUpdateState, TaskQueueType
from temporalio.api.taskqueue.v1 import PollerInfo, TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from workflows import search_attributes

_GONE = timedelta(minutes=2)
"""A worker asks for work once a minute at the least: who has not for so long is gone."""

_SETTLED = RoutingConfigUpdateState.ROUTING_CONFIG_UPDATE_STATE_COMPLETED
_Summary = WorkerDeploymentInfo.WorkerDeploymentVersionSummary


class BuildState(StrEnum):
    """How a build stands to runs: whether it is given any, and whether some are left that it was given."""

    CURRENT = "current"
    RAMPING = "ramping"
    WAITING = "waiting"  # it has never been given any
    DRAINING = "draining"
    DRAINED = "drained"


class Build(BaseModel):
    """One build.

    Args:
        build_id: As ``FERMATA_BUILD_ID`` names it.
        state: How it stands.
        percent: The share of runs that it is given.
        runs: How many are under way whose last step it took. They take their next where the routing says by then.
        workers: How many processes with it ask for work.
        seen_at: When one last did (aware); None where that is long ago.
        first_seen_at: When the first one did (aware).
    """

    model_config = ConfigDict(frozen=True)

    build_id: str
    state: BuildState
    percent: float
    runs: int
    workers: int
    seen_at: datetime | None
    first_seen_at: datetime


class Routing(BaseModel):
    """Which builds runs are led to.

    Args:
        deployment: As ``FERMATA_DEPLOYMENT`` names it.
        current: The build that is given all runs but those of the one that ramps; None where that is the workers
            without a build id.
        ramping: The build that is tried on a share of the runs; None where none is.
        percent: That share.
        before: The build that was current before; None where there was none.
        changed_by: Who changed it last; empty where nobody did.
        settled: Whether every task queue has heard of the last change.
        builds: All that Temporal keeps, the youngest first.
        unversioned_runs: How many are under way whose last step no build took, or that wait for their first.
        unversioned_workers: How many processes without a build id ask for work.
    """

    model_config = ConfigDict(frozen=True)

    deployment: str
    current: str | None
    ramping: str | None
    percent: float
    before: str | None
    changed_by: str
    settled: bool
    builds: tuple[Build, ...]
    unversioned_runs: int
    unversioned_workers: int


async def read_routing(client: Client, info: WorkerDeploymentInfo, queue: str) -> Routing:
    """Puts together what Temporal says of a deployment with who asks for work, and with the runs that are under way.

    Args:
        client: Of Temporal.
        info: What Temporal says of the deployment.
        queue: The journeys' task queue.

    Raises:
        RPCError: Temporal does not answer.
    """
    config = info.routing_config
    current = config.current_deployment_version.build_id or None
    ramping = config.ramping_deployment_version.build_id or None
    youngest_first = sorted(info.version_summaries, key=lambda each: each.create_time.ToNanoseconds(), reverse=True)
    pollers = await _pollers(client, queue)
    unversioned, *runs = await asyncio.gather(
        _count(client, f"TemporalWorkerDeploymentVersion IS NULL AND {search_attributes.JOURNEY.name} IS NOT NULL"),
        *(_count(client, f"TemporalWorkerDeploymentVersion = '{_version(each)}'") for each in youngest_first),
    )
    percent = config.ramping_version_percentage
    shares = {current: 100 - percent, ramping: percent}
    return Routing(
        deployment=info.name,
        current=current,
        ramping=ramping,
        percent=percent,
        before=_before(info, current),
        changed_by=info.last_modifier_identity,
        settled=is_settled(info),
        builds=tuple(
            _build(summary, _state(summary, current, ramping, count), shares, count, pollers)
            for summary, count in zip(youngest_first, runs, strict=True)
        ),
        unversioned_runs=unversioned,
        unversioned_workers=len({each.identity for each in _of(pollers, "")}),
    )


def is_settled(info: WorkerDeploymentInfo) -> bool:
    """Whether every task queue has heard of the last change."""
    return info.routing_config_update_state == _SETTLED


def _build(
    summary: _Summary, state: BuildState, shares: dict[str | None, float], runs: int, pollers: Sequence[PollerInfo]
) -> Build:
    build_id = summary.deployment_version.build_id
    asking = _of(pollers, build_id)
    return Build(
        build_id=build_id,
        state=state,
        percent=shares.get(build_id, 0),
        runs=runs,
        workers=len({each.identity for each in asking}),
        seen_at=max((_asked_at(each) for each in asking), default=None),
        first_seen_at=summary.create_time.ToDatetime(tzinfo=UTC),
    )


def _state(summary: _Summary, current: str | None, ramping: str | None, runs: int) -> BuildState:
    build_id = summary.deployment_version.build_id
    if build_id == current:
        return BuildState.CURRENT
    if build_id == ramping:
        return BuildState.RAMPING
    if runs:
        return BuildState.DRAINING
    return BuildState.DRAINED if summary.HasField("first_activation_time") else BuildState.WAITING


def _before(info: WorkerDeploymentInfo, current: str | None) -> str | None:
    """The build that was current last, of those that are not."""
    been = [
        each
        for each in info.version_summaries
        if each.HasField("last_current_time") and each.deployment_version.build_id != current
    ]
    last = max(been, key=lambda each: each.last_current_time.ToNanoseconds(), default=None)
    return last.deployment_version.build_id if last is not None else None


def _version(summary: _Summary) -> str:
    """How Temporal writes a build where runs are searched."""
    version = summary.deployment_version
    return f"{version.deployment_name}:{version.build_id}"


async def _pollers(client: Client, queue: str) -> list[PollerInfo]:
    """Who asks for work, of whatever build; who has stopped is left out after a while."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    answer = await client.workflow_service.describe_task_queue(request)
    since = datetime.now(UTC) - _GONE
    return [each for each in answer.pollers if _asked_at(each) >= since]


def _of(pollers: Sequence[PollerInfo], build_id: str) -> list[PollerInfo]:
    return [each for each in pollers if each.deployment_options.build_id == build_id]


def _asked_at(poller: PollerInfo) -> datetime:
    return poller.last_access_time.ToDatetime(tzinfo=UTC)


async def _count(client: Client, query: str) -> int:
    return (await client.count_workflows(f"ExecutionStatus = 'Running' AND {query}")).count
