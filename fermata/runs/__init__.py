"""Runs as operators see them: which there are, what each waits for, what was decided in it, and who acted on it."""

from fermata.runs.listing import list_runs, runs_at
from fermata.runs.numbers import count_runs
from fermata.runs.on_record import operate_on_record
from fermata.runs.operations import Messenger, Said, Word, operate
from fermata.runs.reading import find_run, read_run
from fermata.runs.record import (
    ActionRecord,
    ActionResult,
    HeldMessage,
    Operation,
    RunPage,
    RunRecord,
    RunState,
    RunSummary,
)

__all__ = [
    "ActionRecord",
    "ActionResult",
    "HeldMessage",
    "Messenger",
    "Operation",
    "RunPage",
    "RunRecord",
    "RunState",
    "RunSummary",
    "Said",
    "Word",
    "count_runs",
    "find_run",
    "list_runs",
    "operate",
    "operate_on_record",
    "read_run",
    "runs_at",
]
