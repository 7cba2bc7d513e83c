"""Two people who are one have one ledger: every slot that either took counts for both, so no merge frees a cap."""

from uuid import UUID

from fermata.database import Connection, Queries

_QUERIES = Queries("fermata.ledger", "merging.sql")


async def follow_merge(connection: Connection, survivor: UUID, loser: UUID) -> None:
    """Moves decisions, slots and waiting messages.

    Args:
        connection: Inside a transaction that holds both profiles' rows.
        survivor: Whose they become.
        loser: Whose they were.
    """
    await connection.execute(_QUERIES["follow_merge"], survivor, loser)
