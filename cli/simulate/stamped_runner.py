"""Runs workflows on simulated time: each activation is stamped with it, so a journey believes what we want it to.

Temporal's dev server skips time, but forward only, and from now. A simulation may begin in any night of any year, and
shall be the same tomorrow. So the server's clock only makes timers fire, and what a workflow takes for the present is
the simulation's.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from temporalio import workflow
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner

from cli.simulate.clock import SimulatedTime
from cli.simulate.watched_run import WatchedRun


class Watch:
    """Knows the time that each run of a simulation is on, and keeps up with what the run waits for.

    Args:
        time_of: The time that the runs of a workflow id are on.
    """

    def __init__(self, time_of: Callable[[str], SimulatedTime]) -> None:
        self._time_of = time_of
        self._lock = Lock()
        self._stamps: dict[tuple[str, int], datetime] = {}

    def begin(self, workflow_id: str, run_id: str) -> WatchedRun:
        """An execution begins, or is replayed."""
        time = self._time_of(workflow_id)
        with self._lock:
            run = time.runs.setdefault(workflow_id, WatchedRun(workflow_id))
            run.begin(run_id, time.now)
            return run

    def activate(
        self, run: WatchedRun, inner: WorkflowInstance, act: WorkflowActivation
    ) -> WorkflowActivationCompletion:
        """Lets a workflow go on at the simulation's present, and remembers what it then waits for."""
        if any(job.HasField("remove_from_cache") for job in act.jobs):
            return inner.activate(act)  # it is forgotten, not told anything
        time = self._time_of(run.workflow_id)
        server_now = act.timestamp.ToDatetime(tzinfo=UTC)
        with self._lock:
            at = self._stamp(run, time, act)
            run.hear(act, at, server_now)
        act.timestamp.FromDatetime(at)
        try:
            completion = inner.activate(act)
            with self._lock:
                run.say(completion, at, server_now, replaying=act.is_replaying)
        except Exception as error:  # the SDK fails the task, and tries it again for ever
            run.fault = f"{type(error).__name__}: {error}"
            raise
        finally:
            time.tell()
        return completion

    def _stamp(self, run: WatchedRun, time: SimulatedTime, act: WorkflowActivation) -> datetime:
        """The same activation, when it is replayed, has the same stamp."""
        key = (run.run_id, act.timestamp.ToNanoseconds())
        if key not in self._stamps:
            due = run.due_in(act)
            self._stamps[key] = time.now = max(time.now, due) if due is not None else time.now
        return self._stamps[key]


class StampedRunner(WorkflowRunner):
    """A runner around another one.

    Args:
        inner: What runs the workflows.
        watch: Knows their time.
    """

    def __init__(self, inner: WorkflowRunner, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def prepare_workflow(self, defn: workflow._Definition) -> None:
        """Checks a workflow."""
        self._inner.prepare_workflow(defn)

    def set_worker_level_failure_exception_types(self, types: Any) -> None:  # noqa: ANN401 - as the SDK has it
        """Passes on what fails a run."""
        self._inner.set_worker_level_failure_exception_types(types)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Makes a run, which believes that it began at the simulation's present."""
        run = self._watch.begin(det.info.workflow_id, det.info.run_id)
        info = replace(det.info, start_time=run.begun_at, workflow_start_time=run.begun_at)
        return _StampedInstance(self._inner.create_instance(replace(det, info=info)), run, self._watch)


class _StampedInstance(WorkflowInstance):
    def __init__(self, inner: WorkflowInstance, run: WatchedRun, watch: Watch) -> None:
        self._inner, self._run, self._watch = inner, run, watch

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        return self._watch.activate(self._run, self._inner, act)

    def get_serialization_context(self, command_info: Any) -> Any:  # noqa: ANN401 - as the SDK has it
        return self._inner.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: Any) -> Any:  # noqa: ANN401 - as the SDK has it
        return self._inner.get_external_store_context(command_info)

    def get_info(self) -> workflow.Info:
        return self._inner.get_info()

    def get_thread_id(self) -> int | None:
        return self._inner.get_thread_id()
