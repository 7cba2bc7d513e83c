"""The runs on record in Postgres: what was, and what begins. How they end is the ledger's."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fermata.database import Connection, Queries
from fermata.enrolment.routing import History, LatestRun

_QUERIES = Queries("fermata.enrolment")


@dataclass(frozen=True, slots=True)
class Interest:
    """A profile and a journey whose history matters; ``goal`` only where it matters too."""

    profile_id: UUID
    journey: str
    goal: str | None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A run that begins.

    Args:
        id: The run's.
        journey: Its name.
        profile_id: Whose run it is.
        trigger_event_id: The event that starts it.
        holdout: It ends at once, and nobody is reached.
    """

    id: UUID
    journey: str
    profile_id: UUID
    trigger_event_id: UUID
    holdout: bool


async def histories(connection: Connection, interests: Collection[Interest]) -> dict[tuple[UUID, str], History]:
    """Reads what is on record, by profile and journey.

    Args:
        connection: Inside a transaction that holds the profiles' rows.
        interests: Each profile and journey once.
    """
    rows = await connection.fetch(
        _QUERIES["histories"],
        [each.profile_id for each in interests],
        [each.journey for each in interests],
        [each.goal for each in interests],
    )
    return {
        (row["profile_id"], row["journey"]): History(
            LatestRun(row["id"], row["ended_at"]) if row["id"] is not None else None, row["goal_at"]
        )
        for row in rows
    }


async def enrol(connection: Connection, enrolments: Collection[Enrolment], now: datetime) -> None:
    """Records runs that begin; the workflow's id is ``{journey}/{profile_id}``."""
    await connection.execute(
        _QUERIES["enrol"],
        [each.id for each in enrolments],
        [each.journey for each in enrolments],
        [each.profile_id for each in enrolments],
        [each.trigger_event_id for each in enrolments],
        [each.holdout for each in enrolments],
        now,
    )


async def name_run(connection: Connection, run_id: UUID, temporal_run_id: str) -> bool:
    """Records the run's id in Temporal.

    Args:
        connection: Any.
        run_id: The run.
        temporal_run_id: Temporal's id of its first execution.

    Returns:
        False where that id is another run's, which had the same workflow id and has not quite ended in Temporal: the
        start reached that one and must be made again.
    """
    done = await connection.execute(_QUERIES["name_run"], run_id, temporal_run_id)
    return bool(done == "UPDATE 1")
