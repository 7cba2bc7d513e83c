"""Runs as Temporal has them: where one stands now, and operators' words to it. Connects when it is first asked."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError, RPCStatusCode

from fermata.errors import InvalidEvent, Unavailable
from fermata.runs import ActionResult, RunRecord, Said, Word
from workflows import search_attributes
from workflows.failing_task import try_again
from workflows.journey import Journey
from workflows.operated import OperatorWord
from workflows.temporal_at_need import TemporalAtNeed

_LOOK = timedelta(seconds=3)  # whoever looks sees the ledger's part in any case
_AWAY = "Temporal does not answer; is it up, and is TEMPORAL_ADDRESS right?"
_FAILING = (
    "its code fails, and is tried again until a worker comes whose code does not: mend it and deploy. "
    "A word may still reach it then"
)
_NO_WORKER = "no worker has answered; is `fermata worker` running? A word may still reach the run when one starts"


class RunNow(BaseModel):
    """Where a run stands now, as Temporal has it."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    standing: str | None
    """Where it stands, in a sentence; null where nobody could be asked."""
    troubles: tuple[str, ...]
    """What fails in it and is tried again."""
    problem: str | None
    """Why it could not be asked where it stands."""


class RunShown(RunRecord):
    """Everything that is kept of a run, and where it stands."""

    now: RunNow | None
    """Where it stands now, as Temporal has it; null for a run that is over."""
    temporal_ui: str | None
    """The run in Temporal's UI; null where its address is not known (`FERMATA_TEMPORAL_UI`)."""


class RunsInTemporal:
    """Asks and tells runs. It may be made while Temporal is away.

    Args:
        connect: Makes the client; called when the first run is asked, and again until it succeeds.
        ui: The address of Temporal's UI, where it is known.
        patience: How long a worker may take to do what is said: it may be busy, or just starting.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Client]],
        *,
        ui: str | None = None,
        patience: timedelta = timedelta(seconds=10),
    ) -> None:
        self._temporal = TemporalAtNeed(connect)
        self._ui = ui
        self._patience = patience

    async def say(self, run: RunRecord, word: Word) -> Said:
        """Says an operator's word to a run, by the update of that name, as Temporal's own UI would.

        Args:
            run: Active in the ledger, and begun in Temporal.
            word: What is to be done.
        """
        try:
            handle = await self._handle(run)
            standing = await handle.execute_update(
                word.operation.value,
                OperatorWord(by=word.by, why=word.why),
                id=str(word.id),
                result_type=str,
                rpc_timeout=self._patience,
            )
        except WorkflowUpdateFailedError as error:
            return Said(ActionResult.REFUSED, f"the run has refused it: {error.cause}")
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            return Said(ActionResult.UNANSWERED, await self._why_silent(run))
        except Unavailable:
            return Said(ActionResult.UNANSWERED, _AWAY)
        except RPCError as error:
            return _not_said(error)
        return Said(ActionResult.DONE, str(standing))

    async def show(self, run: RunRecord) -> RunShown:
        """Asks where a run stands, where it is not over, and adds that to what is kept of it.

        Args:
            run: As the ledger has it.
        """
        now = await self._look(run) if run.ended_at is None else None
        return RunShown(**dict(run), now=now, temporal_ui=self._address(run))

    async def _look(self, run: RunRecord) -> RunNow:
        if run.temporal_run_id is None:
            return RunNow(standing=None, troubles=(), problem="it has not begun in Temporal yet")
        try:
            handle = await self._handle(run)
            described, standing = await asyncio.gather(handle.describe(rpc_timeout=_LOOK), _standing(handle))
        except Unavailable:
            return RunNow(standing=None, troubles=(), problem=_AWAY)
        except RPCError as error:
            return RunNow(standing=None, troubles=(), problem=_not_said(error).detail)
        if described.status is not WorkflowExecutionStatus.RUNNING:
            ended = described.status.name.lower() if described.status is not None else "gone"
            over = f"Temporal says that it is {ended}; the person's next event closes it here too"
            return RunNow(standing=None, troubles=(), problem=over)
        problem = _silence(described.raw_description) if standing is None else None
        return RunNow(standing=standing, troubles=_troubles(described.raw_description), problem=problem)

    async def _why_silent(self, run: RunRecord) -> str:
        try:
            described = await (await self._handle(run)).describe(rpc_timeout=_LOOK)
        except (RPCError, Unavailable):
            return _AWAY
        return _silence(described.raw_description)

    async def try_again(self, workflow_id: str) -> bool:
        """Has a run's failing code tried again at once.

        Args:
            workflow_id: The run's.

        Returns:
            False where it does not fail any more.

        Raises:
            Unavailable: Temporal does not answer.
        """
        try:
            return await try_again(await self._temporal.client(), workflow_id)
        except RPCError as error:
            raise Unavailable(_not_said(error).detail) from error

    async def find(self, query: str) -> list[tuple[UUID, str]]:
        """Finds running workflows of Fermata by Temporal's list filter.

        Args:
            query: As the UI of Temporal takes it: ``FermataJourney='cart_recovery' AND FermataState='held'``.

        Returns:
            Of each the profile's id and the workflow's.

        Raises:
            InvalidEvent: Temporal does not understand the filter.
            Unavailable: Temporal does not answer.
        """
        client = await self._temporal.client()
        running = f"({query}) AND ExecutionStatus = 'Running' AND FermataJourney IS NOT NULL"
        try:
            found = [each async for each in client.list_workflows(running, rpc_timeout=self._patience)]
        except RPCError as error:
            if error.status is RPCStatusCode.INVALID_ARGUMENT:
                raise InvalidEvent(f"{query!r} is no list filter: {error.message}", field="query") from None
            raise Unavailable(_not_said(error).detail) from error
        profiles = [each.typed_search_attributes.get(search_attributes.PROFILE) for each in found]
        return [(UUID(profile), each.id) for each, profile in zip(found, profiles, strict=True) if profile]

    def _address(self, run: RunRecord) -> str | None:
        if self._ui is None or run.temporal_run_id is None:
            return None
        namespace = self._temporal.namespace or "default"
        place = f"{quote(run.workflow_id, safe='')}/{run.temporal_run_id}"
        return f"{self._ui.rstrip('/')}/namespaces/{namespace}/workflows/{place}/timeline"

    async def _handle(self, run: RunRecord) -> WorkflowHandle[Any, Any]:
        client = await self._temporal.client()
        # The first execution is named, or a word could reach the person's next run in the journey.
        return client.get_workflow_handle(run.workflow_id, first_execution_run_id=run.temporal_run_id)


async def _nowhere() -> Client:
    raise Unavailable("this process was not told of a Temporal server")


NO_TEMPORAL = RunsInTemporal(_nowhere)
"""Where nothing is known of Temporal: whoever asks is told so."""


async def _standing(handle: WorkflowHandle[Any, Any]) -> str | None:
    """Where a run says that it stands; None where no worker answers, or its code fails."""
    try:
        return (await handle.query(Journey.status, rpc_timeout=_LOOK)).standing
    except (WorkflowQueryFailedError, WorkflowQueryRejectedError):
        return None
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise
        return None


def _silence(described: DescribeWorkflowExecutionResponse) -> str:
    """Why a run that is under way does not answer."""
    return _FAILING if described.pending_workflow_task.attempt > 1 else _NO_WORKER


def _troubles(described: DescribeWorkflowExecutionResponse) -> tuple[str, ...]:
    task = described.pending_workflow_task
    failing = [f"its code fails: attempt {task.attempt}; Temporal's UI shows where"] if task.attempt > 1 else []
    failing += [
        f"{each.activity_id} fails: attempt {each.attempt}: {each.last_failure.message}"
        for each in described.pending_activities
        if each.HasField("last_failure")
    ]
    return tuple(failing)


def _not_said(error: RPCError) -> Said:
    if error.status is RPCStatusCode.NOT_FOUND:
        return Said(
            ActionResult.NOT_IN_TEMPORAL,
            f"the run is not in Temporal ({error.message}): somebody has terminated it there, or TEMPORAL_NAMESPACE is "
            "another one; the person's next event closes it here too",
        )
    if error.status is RPCStatusCode.FAILED_PRECONDITION:
        return Said(ActionResult.REFUSED, f"the run takes no word ({error.message}): {_FAILING}")
    return Said(ActionResult.UNANSWERED, f"{_AWAY} ({error.status.name}: {error.message})")
