"""Where the id of a profile leads that became part of another."""

from uuid import UUID

from fermata.database.pool import Connection, Pool


async def survivor_of(database: Connection | Pool, profile_id: UUID) -> UUID | None:
    """The profile that a merged one is part of now; None where the id was never merged away.

    Args:
        database: A connection, or the pool.
        profile_id: An id that is no profile's.
    """
    survivor: UUID | None = await database.fetchval(
        "SELECT survivor_id FROM profile_merges WHERE loser_id = $1", profile_id
    )
    return survivor
