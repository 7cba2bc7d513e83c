"""Tells those that wait for a slot that one is free after all: a deferral is never longer than it has to be."""

from datetime import datetime
from uuid import UUID

from fermata.database import Connection, Queries
from fermata.vocabulary import Reason

_QUERIES = Queries("fermata.ledger")

_FOR_A_SLOT = (
    Reason.FREQUENCY_CAPPED,
    Reason.CROSS_CHANNEL_CAPPED,
    Reason.LEGAL_CAPPED,
    Reason.COOL_DOWN,
    Reason.BACKOFF,
    Reason.YIELDS_TO_PRIORITY,
)
"""Why a message waits that could go earlier when another one does not go."""


async def reconsider(
    connection: Connection, profile_id: UUID, at: datetime, *, but: tuple[UUID, str] | None = None
) -> None:
    """Has every message of a profile that waits for a slot decided again, by way of the dispatcher.

    Args:
        connection: Inside the transaction that frees the slot, which holds the profile's row: then no deferral can come
            in between.
        profile_id: Whose.
        at: The instant, aware.
        but: Run and step of the message that has just been decided.
    """
    run_id, step = but if but is not None else (None, None)
    await connection.execute(_QUERIES["reconsider"], profile_id, at, _FOR_A_SLOT, run_id, step)
