"""Finishes erasures: once a person's runs have ended, their histories go from Temporal and their rows from Postgres."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import structlog
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from fermata.audiences.declared import PURCHASE
from fermata.database import AWAY, Pool
from fermata.erasure import Histories, finish, pending, workflows_of
from fermata.journeys import Registry

_log = structlog.get_logger("fermata.erasing")

_LOOK = timedelta(seconds=1)
_CALL = timedelta(seconds=5)
PATIENCE = timedelta(minutes=5)
"""How long a run may take to end by itself, a send that is under way for example; then Temporal ends it."""


def outcomes_of(registry: Registry) -> frozenset[str]:
    """The events that journeys are measured by: their goals, and a purchase.

    Args:
        registry: The journeys of this deployment.
    """
    return frozenset(goal for name in registry if (goal := registry[name].goal)) | {PURCHASE}


async def keep_erasing(pool: Pool, client: Client, outcomes: Collection[str]) -> NoReturn:
    """Finishes erasures for ever; outlives any outage.

    Args:
        pool: Connections to the database.
        client: Of Temporal.
        outcomes: The events that stay as nobody's.
    """
    while True:
        try:
            await finish_due(pool, client, outcomes, datetime.now(UTC))
        except AWAY as error:
            _log.warning("postgres is away; trying again", error=str(error))
        await asyncio.sleep(_LOOK.total_seconds())


async def finish_due(pool: Pool, client: Client, outcomes: Collection[str], now: datetime) -> int:
    """Finishes the erasures that can be finished now; the others wait. A crash anywhere leaves it to be done again.

    Args:
        pool: Connections to the database.
        client: Of Temporal.
        outcomes: The events that stay as nobody's.
        now: The instant, aware.

    Returns:
        How many were finished.
    """
    finished = 0
    for each in await pending(pool):
        workflows = await workflows_of(pool, each.profile_id)
        if workflows is None:
            continue
        try:
            histories = await _delete(client, workflows, patient=now - each.begun_at < PATIENCE)
        except (RPCError, RuntimeError, TimeoutError, OSError) as error:
            _log.warning("an erasure waits for temporal", error=str(error))
            continue
        if histories is not None and await finish(pool, each.profile_id, histories, outcomes, now) is not None:
            _log.info("erased", histories=histories.deleted)
            finished += 1
    return finished


async def _delete(client: Client, workflows: Sequence[str], *, patient: bool) -> Histories | None:
    """Deletes every execution of these workflows; None where one of them is still ending."""
    executions: list[WorkflowExecution] = []
    not_there = 0
    for workflow_id in workflows:
        found = await _executions(client, workflow_id)
        not_there += not found
        if patient and WorkflowExecutionStatus.RUNNING in found.values():
            return None
        executions += [WorkflowExecution(workflow_id=workflow_id, run_id=run_id) for run_id in found]
    for execution in executions:
        await _delete_one(client, execution)
    return Histories(len(executions), not_there)


async def _executions(client: Client, workflow_id: str) -> dict[str, WorkflowExecutionStatus | None]:
    """The executions of a workflow by run id. The list may lag behind, so the latest is asked for by itself too."""
    listed = client.list_workflows(f"WorkflowId = '{workflow_id}'", rpc_timeout=_CALL)
    found = {execution.run_id: execution.status async for execution in listed}
    try:
        latest = await client.get_workflow_handle(workflow_id).describe(rpc_timeout=_CALL)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
    else:
        found[latest.run_id] = latest.status
    return found


async def _delete_one(client: Client, execution: WorkflowExecution) -> None:
    request = DeleteWorkflowExecutionRequest(namespace=client.namespace, workflow_execution=execution)
    try:
        await client.workflow_service.delete_workflow_execution(request, retry=True, timeout=_CALL)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
