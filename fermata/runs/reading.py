"""Reads one run: its row, or all that is kept of it."""

from uuid import UUID

from fermata.database import Connection, Pool, Queries
from fermata.errors import NotFound
from fermata.ledger.record import DecisionSummary
from fermata.runs.record import ActionRecord, HeldMessage, RunRecord

_QUERIES = Queries("fermata.runs")
_LATEST = 20


async def read_run(connection: Pool | Connection, run_id: UUID) -> RunRecord:
    """Returns everything that is kept of a run.

    Args:
        connection: Any, or the pool.
        run_id: The run.

    Raises:
        NotFound: There is no such run.
    """
    run = await find_run(connection, run_id)
    waiting = await connection.fetch(_QUERIES["waiting"], run_id)
    decisions = await connection.fetch(_QUERIES["decisions"], run_id, _LATEST)
    actions = await connection.fetch(_QUERIES["actions"], run_id, _LATEST)
    return run.model_copy(
        update={
            "waiting": tuple(HeldMessage(**row) for row in waiting),
            "decisions": tuple(DecisionSummary(**row) for row in decisions),
            "actions": tuple(ActionRecord(**row) for row in actions),
        }
    )


async def find_run(connection: Pool | Connection, run_id: UUID) -> RunRecord:
    """Returns a run without what waits in it, what was decided, and what was done with it.

    Args:
        connection: Any, or the pool.
        run_id: The run.

    Raises:
        NotFound: There is no such run.
    """
    row = await connection.fetchrow(_QUERIES["run"], run_id)
    if row is None:
        raise NotFound(f"no run has the id {run_id}; `fermata runs list` shows those that there are")
    return RunRecord(**row, waiting=(), decisions=(), actions=())
