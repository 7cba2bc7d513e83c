"""One word to many runs, some at a time: what fails is told and does not stop the rest."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from cli.runs.bar import Told
from fermata.audit import os_user
from fermata.database import AWAY, Pool
from fermata.errors import FermataError
from fermata.runs import ActionResult, Messenger, Operation, operate_on_record

_AT_A_TIME = 16
_FAILED: tuple[type[Exception], ...] = (FermataError, *AWAY)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done with runs.

    Args:
        operation: What.
        by: Who says so.
        why: For whoever reads it later; may be empty.
    """

    operation: Operation
    by: str
    why: str


class Acted(BaseModel):
    """What came of it for one run.

    Args:
        run_id: The run.
        result: As it is on record; ``not_recorded`` where there was nothing to record it with.
        detail: Where the run stands after it, or why it was not done.
    """

    model_config = ConfigDict(frozen=True)

    run_id: UUID
    result: ActionResult | Literal["not_recorded"]
    detail: str

    @property
    def done(self) -> bool:
        """Whether it was done."""
        return self.result is ActionResult.DONE


async def act(pool: Pool, messenger: Messenger, runs: Iterable[UUID], order: Order, told: Told) -> list[Acted]:
    """Does it with every run.

    Args:
        pool: Where runs and actions are kept.
        messenger: Carries the words.
        runs: Which.
        order: What is to be done.
        told: Hears of each run when it is through.

    Returns:
        What came of it, in the order of the runs.
    """
    few = asyncio.Semaphore(_AT_A_TIME)

    async def one(run_id: UUID) -> Acted:
        async with few:
            acted = await _act(pool, messenger, run_id, order)
        told.through(acted.run_id, None if acted.done else acted.detail)
        return acted

    return list(await asyncio.gather(*(one(run_id) for run_id in runs)))


async def _act(pool: Pool, messenger: Messenger, run_id: UUID, order: Order) -> Acted:
    try:
        action = await operate_on_record(
            pool,
            messenger,
            run_id,
            order.operation,
            actor=os_user(),
            by=order.by,
            why=order.why,
            now=datetime.now(UTC),
        )
    except _FAILED as error:
        return Acted(run_id=run_id, result="not_recorded", detail=str(error))
    return Acted(run_id=run_id, result=action.result, detail=action.detail)
