"""An operator's word to a run, on the record of all acts too."""

from datetime import datetime
from uuid import UUID

from fermata.audit import Act, Actor, Outcome, announced
from fermata.database import Pool
from fermata.runs.operations import Messenger, operate
from fermata.runs.record import ActionRecord, ActionResult, Operation


async def operate_on_record(
    pool: Pool,
    messenger: Messenger,
    run_id: UUID,
    operation: Operation,
    *,
    actor: Actor,
    by: str,
    why: str,
    now: datetime,
) -> ActionRecord:
    """As ``operate``, with an entry before and one after.

    Args:
        pool, messenger, run_id, operation, by, why, now: As of ``operate``.
        actor: Who says so, as far as that is proven.

    Raises:
        NotFound: There is no such run.
    """
    act = Act(actor, f"runs.{operation}", f"run {run_id}")
    async with announced(pool, act):
        action = await operate(pool, messenger, run_id, operation, by=by, why=why, now=now)
        if action.result is not ActionResult.DONE:
            unanswered = action.result is ActionResult.UNANSWERED
            act.outcome, act.detail = Outcome.FAILED if unanswered else Outcome.REFUSED, action.result
    return action
