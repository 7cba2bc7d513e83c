"""How the runs of all journeys stand: those that go on, and how those ended that started lately."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from fermata.database import Connection, Pool, Queries
from fermata.runs.record import RunState

_QUERIES = Queries("fermata.runs", "standing.sql")
_NAMES = Queries("fermata.runs")


@dataclass(frozen=True, slots=True)
class JourneyStanding:
    """Runs of one journey in one state.

    Args:
        runs: All that are active; of the others those that started since the instant asked about.
    """

    journey: str
    state: RunState
    runs: int


async def stand_of_runs(
    connection: Pool | Connection, since: datetime, states: Collection[RunState] = tuple(RunState)
) -> tuple[JourneyStanding, ...]:
    """Counts runs by journey and state.

    Args:
        connection: Any, or the pool.
        since: Of runs that are over, those that started at this instant or later; aware.
        states: Those that are asked about: each costs as much as there are runs in it.
    """
    names = [row["journey"] for row in await connection.fetch(_NAMES["journeys"])]
    rows = await connection.fetch(_QUERIES["started"], names, list(states), since)
    return tuple(JourneyStanding(row["journey"], RunState(row["state"]), row["runs"]) for row in rows)
