"""Listens to the code as it is replayed: which commands it issues, and at which line of the author's it stands."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.plugin import SimplePlugin
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from temporalio.workflow import Info
from temporalio.workflow import _Definition as Definition

from worker.replay.commands import Command, of_code

_FRAME = re.compile(r'File "([^"]+)", line (\d+)')
_NO_FILES: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an author's.

    Args:
        file: Its path.
        number: From 1 on.
    """

    file: str
    number: int


class Heard:
    """What the run that is replayed now has done so far."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.failure = ""
        self.stands: Line | None = None


def listening_plugin(heard: Heard, *, files: frozenset[str] = _NO_FILES) -> SimplePlugin:
    """A plugin for a ``Replayer``, behind Fermata's own.

    Args:
        heard: Is told of everything.
        files: The author's, in which the line is wanted at which the code stands; each of their lines is traced.
    """

    def wrap(runner: WorkflowRunner | None) -> WorkflowRunner:
        if runner is None:
            raise AssertionError("Fermata's own plugin comes first, and brings the runner")
        return _Runner(runner, heard, files=files)

    return SimplePlugin("fermata-replay", workflow_runner=wrap)


class _Runner(WorkflowRunner):
    """Runs as the worker's runner does, and listens."""

    def __init__(self, runner: WorkflowRunner, heard: Heard, *, files: frozenset[str]) -> None:
        self._runner, self._heard, self._files = runner, heard, files

    def prepare_workflow(self, defn: Definition) -> None:
        self._runner.prepare_workflow(defn)

    def set_worker_level_failure_exception_types(self, types: Any) -> None:  # noqa: ANN401 - as the SDK has it
        self._runner.set_worker_level_failure_exception_types(types)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return _Instance(self._runner.create_instance(det), self._heard, files=self._files)


class _Instance(WorkflowInstance):
    def __init__(self, instance: WorkflowInstance, heard: Heard, *, files: frozenset[str]) -> None:
        self._instance, self._heard, self._files = instance, heard, files

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        if any(job.HasField("remove_from_cache") for job in act.jobs):
            return self._instance.activate(act)  # it only clears up
        with self._tracing():
            completion = self._instance.activate(act)
        if completion.HasField("failed"):
            failure = completion.failed.failure
            self._heard.failure = f"{failure.application_failure_info.type}: {failure.message}"
            raised = [
                Line(file, int(line)) for file, line in _FRAME.findall(failure.stack_trace) if file in self._files
            ]
            self._heard.stands = raised[-1] if raised else self._heard.stands
        else:
            self._heard.commands += of_code(completion.successful.commands)
        return completion

    @contextmanager
    def _tracing(self) -> Iterator[None]:
        """Keeps the last line of the author's that runs: it is where the code waits afterwards."""
        if not self._files:
            yield
            return

        def trace(frame: FrameType, event: str, _: Any) -> Any:  # noqa: ANN401 - as sys.settrace has it
            if frame.f_code.co_filename not in self._files:
                return None
            if event == "line":
                self._heard.stands = Line(frame.f_code.co_filename, frame.f_lineno)
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            yield
        finally:
            sys.settrace(before)

    def get_serialization_context(self, command_info: Any) -> Any:  # noqa: ANN401 - as the SDK has it
        return self._instance.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: Any) -> Any:  # noqa: ANN401 - as the SDK has it
        return self._instance.get_external_store_context(command_info)

    def get_info(self) -> Info:
        return self._instance.get_info()

    def get_thread_id(self) -> int | None:
        return self._instance.get_thread_id()
