"""What a merge does to the profiles themselves: names lead to the survivor, and so does the loser's id for ever."""

from datetime import datetime
from uuid import UUID

from fermata.database import Connection, Queries
from fermata.profiles.stitching import Merge

_QUERIES = Queries("fermata.profiles")


async def join_names(connection: Connection, merge: Merge, message_id: str, now: datetime) -> None:
    """Moves the loser's names to the survivor and records the merge.

    Args:
        connection: Inside a transaction that holds both rows.
        merge: Who and why.
        message_id: The event that says so.
        now: The instant.
    """
    await connection.execute(_QUERIES["move_identities"], merge.survivor, merge.loser)
    await connection.execute(
        _QUERIES["record_merge"],
        merge.survivor,
        merge.loser,
        now,
        message_id,
        str(merge.name),
        str(merge.other_name),
    )


async def remove_merged(connection: Connection, loser: UUID) -> None:
    """Removes a profile of which everything has been moved; Postgres refuses it where something was forgotten."""
    await connection.execute(_QUERIES["remove_merged"], loser)
