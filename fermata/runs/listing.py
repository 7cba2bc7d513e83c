"""Lists runs, the newest first, by journey, state or person; or those of given workflows."""

from collections.abc import Collection
from uuid import UUID

from fermata.database import Connection, Pool, Queries
from fermata.database.page_cursor import NEWEST, PageCursor, read_cursor
from fermata.runs.record import RunPage, RunState, RunSummary

_QUERIES = Queries("fermata.runs")


async def list_runs(
    connection: Pool | Connection,
    *,
    journey: str | None = None,
    state: RunState | None = None,
    profile_id: UUID | None = None,
    limit: int = 20,
    cursor: str | None = None,
) -> RunPage:
    """Lists runs, the newest first.

    Args:
        connection: Any, or the pool.
        journey: Only those of this journey.
        state: Only those that stand so in the ledger.
        profile_id: Only this person's.
        limit: Runs a page.
        cursor: The page before's ``next_cursor``.

    Raises:
        InvalidEvent: The cursor cannot be used.
    """
    place = (*(read_cursor(cursor) if cursor is not None else NEWEST), limit + 1)
    states = [state] if state is not None else list(RunState)
    if profile_id is not None:
        rows = await connection.fetch(_QUERIES["of_profile"], *place, profile_id, journey, states)
    else:
        known = await connection.fetch(_QUERIES["journeys"]) if journey is None else ()
        journeys = [row["journey"] for row in known] if journey is None else [journey]
        rows = await connection.fetch(_QUERIES["listed"], *place, journeys, states)
    items = tuple(RunSummary(**row) for row in rows[:limit])
    more = len(rows) > limit
    return RunPage(items=items, next_cursor=PageCursor(items[-1].started_at, items[-1].id).to_text() if more else None)


async def runs_at(connection: Pool | Connection, workflows: Collection[tuple[UUID, str]]) -> tuple[RunSummary, ...]:
    """Returns the active runs of workflows, the newest first; without those that the ledger does not know.

    Args:
        connection: Any, or the pool.
        workflows: A profile's id and a workflow's.
    """
    profiles, ids = [profile for profile, _ in workflows], [workflow for _, workflow in workflows]
    return tuple(RunSummary(**row) for row in await connection.fetch(_QUERIES["at_workflows"], profiles, ids))
