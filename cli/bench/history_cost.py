"""What a finished run cost on the Temporal server, counted from its history."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

_SCHEDULED = EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
_STARTED = EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
_TIMER = EventType.EVENT_TYPE_TIMER_STARTED
_SIGNAL = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
_UPSERT = EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES
_SKIPPED_TIME = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED


@dataclass(frozen=True)
class HistoryCost:
    """The cost of one run.

    Args:
        activities: That were scheduled.
        timers: That were started.
        events: In the history.
        bytes: Of the history, as the server counts them.
        actions: That Temporal Cloud would bill: the start, with a signal or without, and each further signal, attempt
            at an activity, timer and change of search attributes.
    """

    activities: int
    timers: int
    events: int
    bytes: int
    actions: int


async def cost_of(run: WorkflowHandle[Any, Any], *, signalled_at_start: bool) -> HistoryCost:
    """Counts what a run cost.

    Args:
        run: It has ended.
        signalled_at_start: Whether its first signal came with the start, and was one action with it.
    """
    kinds: Counter[int] = Counter()
    retries = 0
    async for event in run.fetch_history_events():
        if event.event_type == _SKIPPED_TIME:  # a test's, and no production's
            continue
        kinds[event.event_type] += 1
        if event.event_type == _STARTED:
            retries += event.activity_task_started_event_attributes.attempt - 1
    signals = kinds[_SIGNAL] - signalled_at_start
    described = await run.describe()
    return HistoryCost(
        activities=kinds[_SCHEDULED],
        timers=kinds[_TIMER],
        events=kinds.total(),
        bytes=described.raw_description.workflow_execution_info.history_size_bytes,
        actions=1 + signals + kinds[_SCHEDULED] + retries + kinds[_TIMER] + kinds[_UPSERT],
    )
