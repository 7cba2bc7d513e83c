"""Tells those that wait for a slot that one is free after all: a deferral is never longer than it has to be."""

from collections.abc import Collection
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

_A_SECOND = 100
"""How many runs are told of new rules a second: a night's worth of them must not hold up what comes in meanwhile."""


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


async def reconsider_waiting(
    connection: Connection, profiles: Collection[UUID], visitors: Collection[UUID], at: datetime
) -> None:
    """Has waiting messages decided again because their person has changed: withdrawals and visits hold at once.

    Args:
        connection: Inside the transaction that changes them, which holds their rows.
        profiles: All their messages.
        visitors: Their messages that wait for a visit.
        at: The instant, aware.
    """
    await connection.execute(_QUERIES["reconsider_waiting"], list(profiles), list(visitors), at)


async def reconsider_all(connection: Connection, at: datetime) -> None:
    """Has every message that waits decided again because the rules have changed.

    Args:
        connection: Inside the transaction that changes them. What is being decided in this moment, under the rules of
            before, waits until the instant that those gave.
        at: The instant, aware.
    """
    await connection.execute(_QUERIES["reconsider_all"], at, _A_SECOND)
