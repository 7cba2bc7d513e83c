"""A run's task that fails: why, without a word of anybody's, and how it is tried again at once."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath
from uuid import uuid4

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.api.failure.v1 import Failure
from temporalio.api.workflowservice.v1 import (
    GetWorkflowExecutionHistoryReverseRequest,
    ResetWorkflowExecutionRequest,
)
from temporalio.client import Client

_CALL = timedelta(seconds=5)
_LATEST = 20  # events: the failure is the last but for what came in since
_PLACE = re.compile(r'File "([^"]+)", line (\d+)')


@dataclass(frozen=True, slots=True)
class FailedTask:
    """The task of a run that fails each time.

    Args:
        event_id: Of its first failure, in the history.
        run_id: Temporal's id of the execution.
        first_run_id: And of the first one.
        attempts: How often it was tried.
        reason: Its cause, the kind of the error and where it arose.
    """

    event_id: int
    run_id: str
    first_run_id: str
    attempts: int
    reason: str


async def failed_task(client: Client, workflow_id: str, run_id: str | None = None) -> FailedTask | None:
    """Finds it; None where the run's task does not fail.

    Args:
        client: Of Temporal.
        workflow_id: The run's.
        run_id: Of the execution; the latest where it is None.

    Raises:
        RPCError: Temporal does not answer, or has no such workflow.
    """
    described = (
        await client.get_workflow_handle(workflow_id, run_id=run_id).describe(rpc_timeout=_CALL)
    ).raw_description
    attempts = described.pending_workflow_task.attempt
    if attempts < 2:
        return None
    info = described.workflow_execution_info
    request = GetWorkflowExecutionHistoryReverseRequest(
        namespace=client.namespace, execution=info.execution, maximum_page_size=_LATEST
    )
    answer = await client.workflow_service.get_workflow_execution_history_reverse(request, timeout=_CALL)
    for event in answer.history.events:
        if event.HasField("workflow_task_failed_event_attributes"):
            told = event.workflow_task_failed_event_attributes
            cause = WorkflowTaskFailedCause.Name(told.cause).removeprefix("WORKFLOW_TASK_FAILED_CAUSE_").lower()
            reason = f"{cause.replace('_', ' ')}, {_in_short(told.failure)}"
            return FailedTask(event.event_id, info.execution.run_id, info.first_run_id, attempts, reason)
        if event.HasField("workflow_task_timed_out_event_attributes"):
            reason = "its task timed out"
            return FailedTask(event.event_id, info.execution.run_id, info.first_run_id, attempts, reason)
    return None


async def try_again(client: Client, workflow_id: str) -> bool:
    """Has a run's failing task done anew at once, instead of when Temporal comes to it again.

    The execution is reset to before that task: what the run did until then stays done, and it stays the same run.

    Args:
        client: Of Temporal.
        workflow_id: The run's.

    Returns:
        False where no task of it fails any more.

    Raises:
        RPCError: Temporal does not answer, or has no such workflow.
    """
    task = await failed_task(client, workflow_id)
    if task is None:
        return False
    request = ResetWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=workflow_id, run_id=task.run_id),
        reason="sent again",
        workflow_task_finish_event_id=task.event_id,
        request_id=str(uuid4()),
    )
    await client.workflow_service.reset_workflow_execution(request, timeout=_CALL)
    return True


def _in_short(failure: Failure) -> str:
    """Its message is left out: it may quote somebody."""
    kind = failure.application_failure_info.type or "an error"
    places = [place for place in _PLACE.findall(failure.stack_trace) if "site-packages" not in place[0]]
    if not places:
        return kind
    file, line = places[-1]
    return f"{kind} at {'/'.join(PurePath(file).parts[-3:])}:{line}"
