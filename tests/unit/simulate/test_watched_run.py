"""What a run waits for, read from what passes between its workflow and Temporal."""

from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion

from cli.simulate.watched_run import Wait, WatchedRun, joined

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
SERVER = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def tell(run: WatchedRun, at: datetime, **jobs: dict[str, Any]) -> None:
    activation = WorkflowActivation()
    for kind, fields in jobs.items():
        getattr(activation.jobs.add(), kind).SetInParent()
        for name, value in fields.items():
            setattr(getattr(activation.jobs[-1], kind), name, value)
    run.hear(activation, at, SERVER + (at - NOW))


def answer(run: WatchedRun, at: datetime, *kinds: str, timer: timedelta | None = None, replaying: bool = False) -> None:
    completion = WorkflowActivationCompletion()
    completion.successful.SetInParent()
    if timer is not None:
        command = completion.successful.commands.add().start_timer
        command.seq = 1
        command.start_to_fire_timeout.FromTimedelta(timer)
    for kind in kinds:
        getattr(completion.successful.commands.add(), kind).SetInParent()
    run.say(completion, at, SERVER + (at - NOW), replaying=replaying)


def begun() -> WatchedRun:
    run = WatchedRun("cart_recovery/1")
    run.begin("first", NOW)
    tell(run, NOW, initialize_workflow={}, signal_workflow={})
    return run


def test_it_is_idle_once_its_activities_have_answered_and_only_a_timer_runs() -> None:
    run = begun()
    assert not run.is_idle
    answer(run, NOW, "schedule_activity")
    assert not run.is_idle
    tell(run, NOW, resolve_activity={"seq": 0})
    answer(run, NOW, timer=HOUR)
    assert run.is_idle
    assert run.words == 1
    assert run.next_wait is not None
    assert (run.next_wait.until, run.next_wait.server_until) == (NOW + HOUR, SERVER + HOUR)
    tell(run, NOW + HOUR, fire_timer={"seq": 1})
    answer(run, NOW + HOUR, "complete_workflow_execution")
    assert run.ended
    assert run.next_wait is None
    assert [wait.ended_at for wait in run.waits] == [NOW + HOUR]


def test_a_replay_tells_again_what_was_told_and_counts_it_once() -> None:
    run = begun()
    answer(run, NOW, timer=HOUR)
    run.begin("first", NOW)
    tell(run, NOW, initialize_workflow={}, signal_workflow={})
    answer(run, NOW, timer=HOUR, replaying=True)
    assert not run.is_idle, "more of its history follows"
    tell(run, NOW + HOUR, fire_timer={"seq": 1})
    answer(run, NOW + HOUR)
    assert run.is_idle
    assert run.words == 1
    assert len(run.waits) == 1


def test_who_continues_as_new_is_busy_until_the_next_execution_begins_and_keeps_its_words() -> None:
    run = begun()
    answer(run, NOW, "continue_as_new_workflow_execution")
    assert not run.is_idle
    run.begin("second", NOW + HOUR)
    tell(run, NOW + HOUR, initialize_workflow={}, signal_workflow={})
    answer(run, NOW + HOUR, timer=HOUR)
    assert run.is_idle
    assert run.words == 2


def test_code_that_fails_is_at_fault_until_it_goes_on() -> None:
    run = begun()
    failed = WorkflowActivationCompletion()
    failed.failed.failure.message = "meets a zero"
    failed.failed.failure.stack_trace = 'File "/opt/sdk.py", line 1, in x\n  File "/opt/journey.py", line 17, in run\n'
    run.say(failed, NOW, SERVER, replaying=False)
    assert run.fault == "meets a zero (/opt/journey.py:17)"
    answer(run, NOW)
    assert run.fault is None


def test_waits_that_only_look_again_are_one() -> None:
    looks = [
        Wait(NOW + each * HOUR, NOW + (each + 1) * HOUR, "Wait until: keen", SERVER, NOW + (each + 1) * HOUR)
        for each in range(3)
    ]
    assert joined(looks, ()) == [Wait(NOW, NOW + 3 * HOUR, "Wait until: keen", SERVER, NOW + 3 * HOUR)]
    assert len(joined(looks, {NOW + HOUR})) == 2
