"""What becomes of runs when two profiles turn out to be one person: they go on for the survivor, one a journey."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fermata.database import Connection, Queries

_QUERIES = Queries("fermata.enrolment", "merging.sql")


@dataclass(frozen=True, slots=True)
class ActiveRun:
    """A run that is under way.

    Args:
        id: The run's.
        journey: Its name.
        key: What tells it from other runs of the person in this journey, or "".
        profile_id: Whose it is.
        triggered_at: When its trigger occurred.
    """

    id: UUID
    journey: str
    key: str
    profile_id: UUID
    triggered_at: datetime


async def runs_that_meet(connection: Connection, survivor: UUID, loser: UUID) -> list[UUID]:
    """The loser's runs that cannot go on: the survivor is in that journey already.

    Args:
        connection: Inside a transaction that holds both profiles' rows.
        survivor: Who remains.
        loser: Who becomes part of them.
    """
    return [row["id"] for row in await connection.fetch(_QUERIES["runs_that_meet"], survivor, loser)]


async def active_runs(connection: Connection, survivor: UUID, loser: UUID) -> list[ActiveRun]:
    """The runs of both that are under way, the oldest first."""
    return [ActiveRun(**row) for row in await connection.fetch(_QUERIES["active_runs"], [survivor, loser])]


async def follow_merge(connection: Connection, survivor: UUID, loser: UUID) -> None:
    """Moves all runs, ended ones too: re-entry is judged on everything that the person ever was in.

    Draws move too: whoever was held out as either of the two stays held out.
    """
    await connection.execute(_QUERIES["follow_merge"], survivor, loser)
    await connection.execute(_QUERIES["variants_follow_merge"], survivor, loser)
    await connection.execute(_QUERIES["draws_follow_merge"], survivor, loser)
