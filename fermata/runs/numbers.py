"""How many runs of a journey there are in each state."""

from collections.abc import Mapping

from fermata.database import Connection, Pool, Queries
from fermata.runs.record import RunState

_QUERIES = Queries("fermata.runs")


async def count_runs(connection: Pool | Connection, journey: str) -> Mapping[RunState, int]:
    """Counts the runs of a journey, of all time; states that none is in are left out.

    Args:
        connection: Any, or the pool.
        journey: Its name.
    """
    counted = {row["state"]: row["runs"] for row in await connection.fetch(_QUERIES["counts"], journey)}
    return {state: counted[state] for state in RunState if state in counted}
