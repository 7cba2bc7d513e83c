"""Moves the Temporal server's clock of one run, which makes its timers fire.

``TimeSkipper.fast_forward`` of the SDK then asks until it has come so far. We see the timer fire, and need not ask.
"""

from datetime import timedelta
from uuid import uuid4

from google.protobuf.field_mask_pb2 import FieldMask
from temporalio.api.common.v1 import FastForwardConfig, TimeSkippingConfig, WorkflowExecution
from temporalio.api.workflow.v1 import WorkflowExecutionOptions
from temporalio.api.workflowservice.v1 import UpdateWorkflowExecutionOptionsRequest
from temporalio.client import Client

_MOST_SKIPS = 100_000  # the server's own limit is 200


async def move_server_clock(client: Client, workflow_id: str, duration: timedelta) -> None:
    """Lets the server skip so much of a run's time, wherever the run does nothing.

    Args:
        client: Of a server that skips time.
        workflow_id: Whose.
        duration: How much at most.

    Raises:
        RPCError: There is no such run.
    """
    forward = FastForwardConfig(id=uuid4().hex)
    forward.duration.FromTimedelta(duration)
    skipping = TimeSkippingConfig(enabled=True, fast_forward_config=forward, max_session_skip_count=_MOST_SKIPS)
    await client.workflow_service.update_workflow_execution_options(
        UpdateWorkflowExecutionOptionsRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=workflow_id),
            workflow_execution_options=WorkflowExecutionOptions(time_skipping_config=skipping),
            update_mask=FieldMask(paths=["time_skipping_config"]),
            identity=client.identity,
        ),
        retry=True,
    )
