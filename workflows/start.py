"""How a run is started: signal-with-start under the profile's id, with what operators see from the first moment."""

from datetime import timedelta
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.common import Priority, WorkflowIDConflictPolicy

from fermata.journeys import Entry
from workflows import search_attributes


async def start_run(
    client: Client, entry: Entry, *, workflow_id: str, queue: str = "journeys", within: timedelta | None = None
) -> WorkflowHandle[Any, Any]:
    """Starts a run, or signals its trigger to the one that is there.

    Args:
        client: Of Temporal.
        entry: The run's one argument.
        workflow_id: ``{journey}/{profile_id}``.
        queue: The journeys' task queue.
        within: How long the server may take to answer.

    Raises:
        RPCError: The server does not take it.
    """
    trigger = entry.trigger
    name = entry.journey.replace("_", " ").capitalize()
    return await client.start_workflow(
        entry.journey,
        entry,
        id=workflow_id,
        task_queue=queue,
        start_signal="event",
        start_signal_args=[trigger],
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        search_attributes=search_attributes.at_start(entry.journey, entry.profile_id),
        static_summary=f"{name}, profile {str(entry.profile_id)[-12:]}",
        static_details=(
            f"Started by **{trigger.name}** of {trigger.occurred_at:%a %d %b %Y %H:%M} UTC. "
            f"Enrolment `{entry.run_id}`, profile `{entry.profile_id}`."
        ),
        priority=Priority(fairness_key=entry.journey),
        rpc_timeout=within,
    )
