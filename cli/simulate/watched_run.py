"""What one run waits for, read from what passes between its workflow and Temporal: a fold over both directions."""

import re
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.contrib.pydantic import pydantic_data_converter

_ENDS = frozenset({"complete_workflow_execution", "fail_workflow_execution", "cancel_workflow_execution"})
_ASKS = {"schedule_activity": "activity", "start_child_workflow_execution": "child"}
_LINE = re.compile(r'File "([^"]+)", line (\d+)')
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_ANSWERS = {"resolve_activity": "activity", "resolve_child_workflow_execution_start": "child"}


@dataclass
class Wait:
    """A timer of a run.

    Args:
        began_at, until: Instants of the simulation.
        label: What it is for, as the Temporal UI shows it.
        server_until: When it fires on the server's clock of this run.
        ended_at: When it fired or was given up; None while it runs.
    """

    began_at: datetime
    until: datetime
    label: str
    server_until: datetime
    ended_at: datetime | None = None


@dataclass
class WatchedRun:
    """A workflow id, with all its executions one after the other.

    Args:
        workflow_id: ``{journey}/{profile_id}``.
        run_id: The latest execution.
        begun_at: When that began.
        words: How many signals have reached it, over all executions.
        ended: The latest execution is over, and none follows it.
        is_settled: The server knows of that.
        fault: Why its code cannot go on; None while it can.
    """

    workflow_id: str
    run_id: str = ""
    begun_at: datetime = _NEVER
    ended: bool = False
    is_settled: bool = False
    fault: str | None = None
    _waits: dict[str, list[Wait]] = field(default_factory=dict)
    _words: dict[str, int] = field(default_factory=dict)
    _timers: dict[int, Wait] = field(default_factory=dict)
    _asked: set[tuple[str, int]] = field(default_factory=set)
    _goes_on: bool = False
    _server_now: datetime = _NEVER
    _seen_at: float = 0.0

    @property
    def words(self) -> int:
        """How many signals have reached it."""
        return sum(self._words.values())

    @property
    def executions(self) -> int:
        """How many there were: more than one where it continued as new, or another run had its id before."""
        return len(self._words)

    @property
    def waits(self) -> list[Wait]:
        """All its timers, in their order."""
        return [wait for those in self._waits.values() for wait in those]

    @property
    def is_idle(self) -> bool:
        """Whether nothing happens in it until a timer fires or somebody tells it something."""
        return self.ended or (bool(self.run_id) and not self._asked and not self._goes_on)

    @property
    def next_wait(self) -> Wait | None:
        """The timer that fires first; None where none runs."""
        return None if self.ended else min(self._timers.values(), key=lambda wait: wait.until, default=None)

    def has_passed(self, wait: Wait) -> bool:
        """Whether nothing waits for that instant any more, nor for an earlier one."""
        return self.ended or (
            not self._goes_on and all(running.until > wait.until for running in self._timers.values())
        )

    def left_of(self, wait: Wait) -> timedelta:
        """How long a timer still runs on the server's clock of this run, which goes on as real time does."""
        return wait.server_until - self._server_now - timedelta(seconds=time.monotonic() - self._seen_at)

    def begin(self, run_id: str, at: datetime) -> None:
        """An execution begins, or is replayed from its history: then all that it told is told again."""
        if run_id != self.run_id:
            self.begun_at = at
        self.run_id, self._words[run_id], self._waits[run_id] = run_id, 0, []
        self.ended, self.is_settled, self._goes_on = False, False, True
        self._timers, self._asked = {}, set()

    def due_in(self, activation: WorkflowActivation) -> datetime | None:
        """The instant of the latest timer that fires in an activation; None where none does."""
        fired = [self._timers.get(job.fire_timer.seq) for job in activation.jobs if job.HasField("fire_timer")]
        return max((wait.until for wait in fired if wait is not None), default=None)

    def hear(self, activation: WorkflowActivation, at: datetime, server_now: datetime) -> None:
        """Takes in what the workflow is told.

        Args:
            activation: What it is told.
            at: The instant of the simulation.
            server_now: The same on the server's clock of this run.
        """
        self._server_now, self._seen_at = server_now, time.monotonic()
        for job in activation.jobs:
            kind = job.WhichOneof("variant")
            if kind == "fire_timer":
                self._end(job.fire_timer.seq, at)
            elif kind == "signal_workflow":
                self._words[self.run_id] += 1
            elif kind in _ANSWERS:
                self._asked.discard((_ANSWERS[kind], getattr(job, kind).seq))

    def say(
        self, completion: WorkflowActivationCompletion, at: datetime, server_now: datetime, *, replaying: bool
    ) -> None:
        """Takes in what the workflow wants.

        Args:
            completion: What it wants.
            at: The instant of the simulation.
            server_now: The same on the server's clock of this run.
            replaying: It has wanted that before, and more of its history follows.
        """
        if completion.HasField("failed"):
            failure = completion.failed.failure
            self.fault = f"{failure.message}{_place(failure.stack_trace)}"
            return
        self.fault, self._goes_on = None, replaying
        for command in completion.successful.commands:
            kind = command.WhichOneof("variant")
            if kind == "start_timer":
                length = command.start_timer.start_to_fire_timeout.ToTimedelta()
                wait = Wait(at, at + length, _label(command), server_now + length)
                self._timers[command.start_timer.seq] = wait
                self._waits[self.run_id].append(wait)
            elif kind == "cancel_timer":
                self._end(command.cancel_timer.seq, at)
            elif kind in _ASKS:
                self._asked.add((_ASKS[kind], getattr(command, kind).seq))
            elif kind == "continue_as_new_workflow_execution":
                self._goes_on = True
            elif kind in _ENDS:
                self.ended = True

    def _end(self, seq: int, at: datetime) -> None:
        wait = self._timers.pop(seq, None)
        if wait is not None:
            wait.ended_at = at


def joined(waits: Iterable[Wait], decided: Collection[datetime]) -> list[Wait]:
    """Waits, each that goes on where the one before has ended as one with it: in between it was only looked.

    Args:
        waits: Of one run, in order.
        decided: When something was decided in it: there another wait begins.
    """
    found: list[Wait] = []
    for wait in waits:
        before = found[-1] if found else None
        if before is None or (before.label, before.ended_at) != (wait.label, wait.began_at) or wait.began_at in decided:
            found.append(wait)
        else:
            found[-1] = replace(before, until=wait.until, ended_at=wait.ended_at)
    return found


def _place(stack_trace: str) -> str:
    """Where it happened: the last line of the author's that the trace names."""
    places = _LINE.findall(stack_trace)
    if not places:
        return ""
    file, line = places[-1]
    path = Path(file)
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return f" ({shown}:{line})"


def _label(command: WorkflowCommand) -> str:
    summary = command.user_metadata.summary
    if not summary.data:
        return ""
    return str(pydantic_data_converter.payload_converter.from_payload(summary, str))
