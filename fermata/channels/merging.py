"""What a merge moves of this room: cards and devices."""

from uuid import UUID

from fermata.channels import devices, inbox
from fermata.database import Connection


async def follow_merge(connection: Connection, survivor: UUID, loser: UUID) -> None:
    """Moves what the room keeps of a profile that became part of another.

    Args:
        connection: Inside a transaction that holds both rows.
        survivor: Whose it becomes.
        loser: Whose it was.
    """
    await inbox.follow_merge(connection, survivor, loser)
    await devices.follow_merge(connection, survivor, loser)
