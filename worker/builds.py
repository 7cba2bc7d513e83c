"""Leads runs to builds of the workers: to try one on some runs, to give it all of them, and to go back."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    DescribeWorkerDeploymentResponse,
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentRampingVersionRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from fermata.errors import ConfigurationError, FermataError, NotFound, Unavailable
from worker.build_routing import Routing, is_settled, read_routing

_HEARD_WITHIN = timedelta(seconds=20)
_LOOK_AGAIN = timedelta(milliseconds=100)
_AWAY = frozenset({RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED})


class Builds:
    """The builds of a deployment. Every word names who says it; where another came in between, nothing is changed.

    Args:
        client: Of Temporal.
        deployment: As ``FERMATA_DEPLOYMENT`` names it.
        queue: The journeys' task queue.
    """

    def __init__(self, client: Client, deployment: str, *, queue: str = "journeys") -> None:
        self._client = client
        self._deployment = deployment
        self._queue = queue

    async def routing(self) -> Routing:
        """How it stands now.

        Raises:
            NotFound: No worker of the deployment has ever asked for work with a build id.
            Unavailable: Temporal does not answer.
        """
        _, routing = await self._look()
        return routing

    async def ramp(self, build_id: str, percent: float, *, by: str) -> Routing:
        """Gives a build a share of the runs: of those that begin, and of those that are under way at their next step.

        Which ones is drawn by the run's id, so one that came to the build stays with it as the share grows.

        Args:
            build_id: One that is not current.
            percent: From 0 to 100.
            by: Who says so.

        Raises:
            NotFound: There is no such build.
            ConfigurationError: It has no workers, lacks a task queue, or is current.
            Unavailable: Temporal does not answer.
        """
        token, routing = await self._look()
        _check_working(routing, build_id)
        if build_id == routing.current:
            raise ConfigurationError(f"build {build_id!r} is current: every other run is its own already; ramp another")
        return await self._set_ramping(build_id, percent, token, by)

    async def promote(self, build_id: str, *, by: str) -> Routing:
        """Gives a build all runs, each from its next step on; what ramped ramps no more.

        Args:
            build_id: The build.
            by: Who says so.

        Raises:
            NotFound: There is no such build.
            ConfigurationError: It has no workers, or lacks a task queue.
            Unavailable: Temporal does not answer.
        """
        token, routing = await self._look()
        _check_working(routing, build_id)
        return await self._set_current(build_id, token, by)

    async def rollback(self, *, by: str) -> Routing:
        """Ends a ramp; where there is none, gives all runs to the build that was current before.

        Args:
            by: Who says so.

        Raises:
            NotFound: The deployment is not known.
            ConfigurationError: There is nothing to go back to, or nobody works there.
            Unavailable: Temporal does not answer.
        """
        token, routing = await self._look()
        if routing.ramping is not None:
            return await self._set_ramping("", 0, token, by)
        if routing.current is None:
            raise ConfigurationError("no build is current and none ramps: there is nothing to roll back")
        if routing.before is not None:
            _check_working(routing, routing.before)
            return await self._set_current(routing.before, token, by)
        if routing.unversioned_workers:
            return await self._set_current("", token, by)
        raise ConfigurationError(
            f"build {routing.current!r} is the first of {self._deployment!r}, and no worker without a build id is at "
            "work: there is nothing to go back to; start another build and promote it"
        )

    async def _set_ramping(self, build_id: str, percent: float, token: bytes, by: str) -> Routing:
        request = SetWorkerDeploymentRampingVersionRequest(
            namespace=self._client.namespace,
            deployment_name=self._deployment,
            build_id=build_id,
            percentage=percent,
            conflict_token=token,
            identity=by,
        )
        with _told_plainly(self._deployment, build_id):
            await self._client.workflow_service.set_worker_deployment_ramping_version(request)
        return await self._settled()

    async def _set_current(self, build_id: str, token: bytes, by: str) -> Routing:
        request = SetWorkerDeploymentCurrentVersionRequest(
            namespace=self._client.namespace,
            deployment_name=self._deployment,
            build_id=build_id,
            conflict_token=token,
            identity=by,
        )
        with _told_plainly(self._deployment, build_id):
            await self._client.workflow_service.set_worker_deployment_current_version(request)
        return await self._settled()

    async def _settled(self) -> Routing:
        """How it stands once every task queue has heard of a change, or after a while."""
        deadline = asyncio.get_running_loop().time() + _HEARD_WITHIN.total_seconds()
        while not is_settled((await self._describe()).worker_deployment_info):
            if asyncio.get_running_loop().time() >= deadline:
                break
            await asyncio.sleep(_LOOK_AGAIN.total_seconds())
        return await self.routing()

    async def _look(self) -> tuple[bytes, Routing]:
        described = await self._describe()
        with _told_plainly(self._deployment):
            routing = await read_routing(self._client, described.worker_deployment_info, self._queue)
        return described.conflict_token, routing

    async def _describe(self) -> DescribeWorkerDeploymentResponse:
        request = DescribeWorkerDeploymentRequest(namespace=self._client.namespace, deployment_name=self._deployment)
        with _told_plainly(self._deployment):
            return await self._client.workflow_service.describe_worker_deployment(request)


def _check_working(routing: Routing, build_id: str) -> None:
    """Temporal itself counts a worker as there for five minutes after its end."""
    build = next((each for each in routing.builds if each.build_id == build_id), None)
    start = f"start `fermata worker` with FERMATA_BUILD_ID={build_id}"
    if build is None:
        known = ", ".join(each.build_id for each in routing.builds)
        raise NotFound(
            f"no worker of {routing.deployment!r} has started with build {build_id!r}: {start}. There are: {known}"
        )
    if not build.workers:
        raise ConfigurationError(f"no worker of build {build_id!r} is at work: runs would wait for one; {start} first")


@contextmanager
def _told_plainly(deployment: str, build_id: str = "") -> Iterator[None]:
    """Says in our words what Temporal refuses."""
    try:
        yield
    except RPCError as error:
        raise _in_our_words(error, deployment, build_id) from error


def _in_our_words(error: RPCError, deployment: str, build_id: str) -> FermataError:
    if error.status in _AWAY:
        return Unavailable(f"Temporal does not answer: {error.message}. Is TEMPORAL_ADDRESS right?")
    if error.status is RPCStatusCode.NOT_FOUND:
        return NotFound(
            f"Temporal knows no deployment {deployment!r}: start `fermata worker` with FERMATA_BUILD_ID, and "
            "FERMATA_DEPLOYMENT where it is not the usual one"
        )
    if "conflict token" in error.message:
        return ConfigurationError(
            f"somebody else has changed {deployment!r} in this moment, and nothing was done: look at "
            "`fermata deploy status`, and say it again"
        )
    if "missing active task queues" in error.message:
        return ConfigurationError(
            f"the workers of build {build_id!r} do not ask for work everywhere where there is some: they are still "
            "starting, or they lack a channel; wait a moment, or see to it that every process of the build runs"
        )
    return ConfigurationError(f"Temporal refuses it for {deployment!r}: {error.message}")
