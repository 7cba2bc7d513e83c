"""The sandbox that authors' journeys run in: what may pass through it, and what the SDK need not enter it for."""

from typing import Any

from temporalio import workflow
from temporalio.api.enums.v1 import CommandType
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import SerializationContext, StorageDriverStoreContext, WorkflowSerializationContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

_PASSED_THROUGH = (
    "fermata",  # pure where a workflow touches it, and its models must be the same classes inside and out
    "activities",  # only their signatures are used; they import asyncpg, which crashes when the sandbox reloads it
    "workflows.journey",  # the base and what it is made of: reviewed here, so not checked again in every run
    "workflows.asking",
    "workflows.children",
    "workflows.choosing",
    "workflows.failure",
    "workflows.narration",
    "workflows.operated",
    "workflows.received",
    "workflows.run",
    "workflows.search_attributes",
    "workflows.sending",
    "pydantic",  # compiled, deterministic, and slow to load again for each run
    "pydantic_core",
    "annotated_types",
)
_OF_ANOTHER_RUN = frozenset(
    {
        CommandType.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
        CommandType.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
        CommandType.COMMAND_TYPE_SCHEDULE_NEXUS_OPERATION,
    }
)


def runner() -> WorkflowRunner:
    """The sandbox that authors' files run in. What is passed through is named above, each with its reason."""
    return _Sandbox(restrictions=SandboxRestrictions.default.with_passthrough_modules(*_PASSED_THROUGH))


class _Sandbox(SandboxedWorkflowRunner):
    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return _Sandboxed(super().create_instance(det), det)


class _Sandboxed(WorkflowInstance):
    """A run in the sandbox, which says from outside of it whose payloads it writes and reads.

    The SDK asks that up to four times a payload, and each time the sandbox puts its imports in place and takes them
    away again: a sixth of a run's CPU time. Our codec (``worker/codec.py``) looks at the workflow's id alone, and that
    of an activity is its run's own. Nothing is stored outside of Temporal.
    """

    def __init__(self, run: WorkflowInstance, details: WorkflowInstanceDetails) -> None:
        self._run = run
        self._own = WorkflowSerializationContext(namespace=details.info.namespace, workflow_id=details.info.workflow_id)
        self._nowhere = StorageDriverStoreContext(target=None)

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        return self._run.activate(act)

    def get_serialization_context(self, command_info: Any) -> SerializationContext | None:  # noqa: ANN401 - as the SDK has it
        if command_info is None or command_info.command_type not in _OF_ANOTHER_RUN:
            return self._own
        return self._run.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: Any) -> StorageDriverStoreContext:  # noqa: ANN401 - as the SDK has it
        del command_info
        return self._nowhere

    def get_info(self) -> workflow.Info:
        return self._run.get_info()

    def get_thread_id(self) -> int | None:
        return self._run.get_thread_id()
