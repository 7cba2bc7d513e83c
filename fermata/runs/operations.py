"""An operator's word to a run: said in Temporal by whoever can, and put on record here, whatever came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from fermata.database import Pool, Queries, new_id
from fermata.runs.reading import find_run
from fermata.runs.record import ActionRecord, ActionResult, Operation, RunRecord

_QUERIES = Queries("fermata.runs")


@dataclass(frozen=True, slots=True)
class Word:
    """What an operator wants of a run.

    Args:
        operation: What is to be done.
        by: Who says so.
        why: For whoever reads it later; may be empty.
        id: Names it in Temporal's history and in the record.
    """

    operation: Operation
    by: str
    why: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a word.

    Args:
        result: Whether it was done.
        detail: Where the run stands after it; or why it was not done, and the mend.
    """

    result: ActionResult
    detail: str


class Messenger(Protocol):
    """Carries words to runs."""

    async def say(self, run: RunRecord, word: Word) -> Said:
        """Says a word to a run that is active in the ledger. It never raises for what a run or a server does."""
        ...


async def operate(
    pool: Pool, messenger: Messenger, run_id: UUID, operation: Operation, *, by: str, why: str, now: datetime
) -> ActionRecord:
    """Does something with a run, and records it.

    Args:
        pool: Where runs and actions are kept.
        messenger: Carries the word to the run.
        run_id: The run.
        operation: What is to be done.
        by: Who says so.
        why: For whoever reads it later; may be empty.
        now: The instant, aware.

    Returns:
        What was recorded: whether it was done, and where the run stands or why not.

    Raises:
        NotFound: There is no such run.
    """
    word = Word(operation, by, why, new_id())
    run = await find_run(pool, run_id)
    said = _refusal(run) or await messenger.say(run, word)
    if said.result is ActionResult.NOT_IN_TEMPORAL:  # it may have ended in the meantime
        said = _refusal(await find_run(pool, run_id)) or said
    action = ActionRecord(action=operation, by=by, why=why, at=now, result=said.result, detail=said.detail)
    await pool.execute(
        _QUERIES["record_action"],
        word.id,
        run_id,
        action.action,
        action.by,
        action.why,
        action.at,
        action.result,
        action.detail,
    )
    return action


def _refusal(run: RunRecord) -> Said | None:
    """Why nothing can be said to a run, whatever it is; None where something can."""
    if run.ended_at is not None:
        reason = f" ({run.reason})" if run.reason else ""
        return Said(
            ActionResult.RUN_ENDED,
            f"the run is over since {run.ended_at:%Y-%m-%d %H:%M} UTC: {run.state}{reason}; nothing can be changed",
        )
    if run.temporal_run_id is None:
        return Said(
            ActionResult.NOT_IN_TEMPORAL,
            "the run has not begun in Temporal yet; with worker and Temporal up that takes a second, then try again",
        )
    return None
