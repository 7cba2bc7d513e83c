"""The activity that closes a run in the ledger."""

from contextlib import suppress
from uuid import UUID

from pydantic import BaseModel
from temporalio import activity

from activities.meters import JourneyMeters
from fermata.database import Pool
from fermata.errors import NotFound
from fermata.journeys import Outcome
from fermata.ledger import close_run


class Closing(BaseModel):
    """A run and how it ended."""

    run_id: UUID
    outcome: Outcome


class Runs:
    """Closes runs, with what the worker opened for it.

    Args:
        pool: Connections to the ledger's database.
        meters: What counts; ones that nobody reads where it is None.
    """

    def __init__(self, pool: Pool, meters: JourneyMeters | None = None) -> None:
        self._pool = pool
        self._meters = meters or JourneyMeters()

    @activity.defn
    async def close(self, closing: Closing) -> None:
        """Nothing of the run waits any more; the profile may enter again as the journey's re-entry rule says.

        Where the person was erased, and the run with them, there is nothing left to close.
        """
        outcome = closing.outcome
        async with self._pool.acquire() as connection:
            with suppress(NotFound):
                await close_run(connection, closing.run_id, outcome.state, outcome.reason, outcome.ended_at)
                self._meters.ended(activity.info().workflow_type or "", outcome.state)
