"""What a run has its server do, step by step: as its history holds it, and as the code issues it on replay."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from google.protobuf.duration_pb2 import Duration
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.sdk.v1 import UserMetadata
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.client import WorkflowHistory

from workflows.narration import in_words

_PATCHES = "TemporalChangeVersion"  # the attribute that the SDK itself sets beside each patch


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a run.

    Args:
        kind: What is done: ``timer``, ``activity``, ``search attributes``, ``patch``, ``child``, ``signal``, ``end``, …
        name: What replay tells it from others of its kind by; durations, arguments and labels are none of it.
        label: For people: what it is about.
        event_id: Of its event in the history; 0 where the code issues it.
    """

    kind: str
    name: str = ""
    label: str = ""
    event_id: int = 0

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.name, f'"{self.label}"' if self.label else "")))

    def is_like(self, other: "Command") -> bool:
        """Whether replay takes one for the other."""
        return (self.kind, self.name) == (other.kind, other.name)


def of_history(history: WorkflowHistory) -> list[Command]:
    """The commands that a history holds, in its order.

    Args:
        history: Of one execution.
    """
    found = (_of_event(event) for event in history.events)
    return [command for command in found if command is not None]


def of_code(commands: Sequence[WorkflowCommand]) -> list[Command]:
    """The commands that the code issues at once and that leave an event, in its order.

    Args:
        commands: As the SDK has them. An answer to a query or an update leaves none, nor does a timer ended at once.
    """
    ended = {command.cancel_timer.seq for command in commands if command.HasField("cancel_timer")}
    brief = {command.start_timer.seq for command in commands if command.HasField("start_timer")} & ended
    found = (_of_command(command) for command in commands if _timer_of(command) not in brief)
    return [command for command in found if command is not None]


def path_of(history: WorkflowHistory) -> str:
    """A short sign of the way that a run has gone: the same for two runs that have done the same steps in one order.

    Args:
        history: Of one execution.
    """
    way = "\n".join(f"{command.kind} {command.name}" for command in of_history(history))
    return hashlib.sha256(way.encode()).hexdigest()[:12]


def _of_event(event: HistoryEvent) -> Command | None:
    read = _EVENTS.get(event.event_type)
    if read is None:
        return None
    kind, name, label = read(event)
    return Command(kind, name, _summary(event.user_metadata) or label, event.event_id) if kind else None


def _timer_of(command: WorkflowCommand) -> int | None:
    variant = command.WhichOneof("variant")
    return getattr(command, variant).seq if variant in ("start_timer", "cancel_timer") else None


def _of_command(command: WorkflowCommand) -> Command | None:
    variant = command.WhichOneof("variant")
    read = _COMMANDS.get(variant or "")
    if read is None:
        return None
    kind, name, label = read(getattr(command, str(variant)))
    return Command(kind, name, _summary(command.user_metadata) or label)


_Read = tuple[str, str, str]


def _timer(start_to_fire: Duration) -> _Read:
    return "timer", "", in_words(timedelta(seconds=start_to_fire.seconds))


def _attributes(indexed: Mapping[str, Payload]) -> _Read:
    if set(indexed) == {_PATCHES}:
        return "", "", ""
    return (
        "search attributes",
        "",
        _text(indexed["FermataStep"]) if "FermataStep" in indexed else ", ".join(sorted(indexed)),
    )


def _marker(event: HistoryEvent) -> _Read:
    marked = event.marker_recorded_event_attributes
    if marked.marker_name != "core_patch":
        return "marker", marked.marker_name, ""
    data = [_json(payload) for payload in marked.details["patch-data"].payloads]
    return "patch", next((str(each["id"]) for each in data if isinstance(each, dict) and "id" in each), ""), ""


def _activity(event: HistoryEvent) -> _Read:
    scheduled = event.activity_task_scheduled_event_attributes
    return "activity", f"{scheduled.activity_type.name} {scheduled.activity_id}", ""


def _child(event: HistoryEvent) -> _Read:
    return "child", event.start_child_workflow_execution_initiated_event_attributes.workflow_type.name, ""


def _signal(event: HistoryEvent) -> _Read:
    return "signal", event.signal_external_workflow_execution_initiated_event_attributes.signal_name, ""


def _always(kind: str, name: str = "") -> Callable[[Any], _Read]:
    return lambda _: (kind, name, "")


_EVENTS: dict[EventType.ValueType, Callable[[HistoryEvent], _Read]] = {
    EventType.EVENT_TYPE_TIMER_STARTED: lambda event: _timer(
        event.timer_started_event_attributes.start_to_fire_timeout
    ),
    EventType.EVENT_TYPE_TIMER_CANCELED: _always("end of a timer"),
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: _activity,
    EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED: _always("end of an activity"),
    EventType.EVENT_TYPE_MARKER_RECORDED: _marker,
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: lambda event: _attributes(
        event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields
    ),
    EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED: _always("memo"),
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: _child,
    EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: _signal,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: _always("end", "completed"),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: _always("end", "failed"),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED: _always("end", "cancelled"),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: _always("end", "continued as new"),
}

_COMMANDS: dict[str, Callable[[Any], _Read]] = {
    "start_timer": lambda timer: _timer(timer.start_to_fire_timeout),
    "cancel_timer": _always("end of a timer"),
    "schedule_activity": lambda activity: ("activity", f"{activity.activity_type} {activity.activity_id}", ""),
    "request_cancel_activity": _always("end of an activity"),
    "set_patch_marker": lambda patch: ("patch", patch.patch_id, ""),
    "upsert_workflow_search_attributes": lambda upsert: _attributes(upsert.search_attributes.indexed_fields),
    "modify_workflow_properties": _always("memo"),
    "start_child_workflow_execution": lambda child: ("child", child.workflow_type, ""),
    "signal_external_workflow_execution": lambda signal: ("signal", signal.signal_name, ""),
    "complete_workflow_execution": _always("end", "completed"),
    "fail_workflow_execution": lambda failed: ("end", "failed", failed.failure.message),
    "cancel_workflow_execution": _always("end", "cancelled"),
    "continue_as_new_workflow_execution": _always("end", "continued as new"),
}


def _summary(metadata: UserMetadata) -> str:
    return _text(metadata.summary) if metadata.HasField("summary") else ""


def _text(payload: Payload) -> str:
    value = _json(payload)
    return value if isinstance(value, str) else ""


def _json(payload: Payload) -> object:
    """What a payload says; None where a codec hides it, or it says nothing."""
    if payload.metadata.get("encoding") != b"json/plain":
        return None
    return json.loads(payload.data)
