"""Those who have yet to enter, in the order in which they are due; each gone in the transaction that enters them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from fermata.broadcasts.definition import Broadcast
from fermata.broadcasts.record import CANCELLED, LEFT_OUT, NO_NAME
from fermata.database import Connection, Pool, Queries
from fermata.journeys import SALT
from fermata.profiles import Identity, IdentityKind

_QUERIES = Queries("fermata.broadcasts", "waiting.sql")
_PORTION = 20_000


class Place(NamedTuple):
    """Where a page ended.

    Args:
        due_at: Of its last row.
        profile_id: Of its last row.
    """

    due_at: datetime
    profile_id: UUID


START = Place(datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))
"""Before all rows."""


def message_id(broadcast_id: UUID, profile_id: UUID) -> str:
    """The id of the event by which somebody enters: the same one again is the same event."""
    return f"broadcast:{broadcast_id}:{profile_id}"


async def due_page(pool: Pool, broadcast_id: UUID, after: Place, now: datetime, limit: int) -> list[Place]:
    """Returns who is due, in order. Nothing is taken: ``leave`` does that.

    Args:
        pool: Where they wait.
        broadcast_id: The broadcast.
        after: Where the page before ended. Where nobody is due behind it, those are looked for whom a merge has put
            before it.
        now: The instant, aware.
        limit: The most people.
    """
    rows = await pool.fetch(_QUERIES["due"], broadcast_id, *after, now, limit)
    if not rows and after != START:
        rows = await pool.fetch(_QUERIES["due"], broadcast_id, *START, now, limit)
    return [Place(row["due_at"], row["profile_id"]) for row in rows]


async def next_due(pool: Pool, broadcast_id: UUID, after: Place) -> datetime | None:
    """Returns when somebody is due next; None where nobody waits any more.

    Args:
        pool: Where they wait.
        broadcast_id: The broadcast.
        after: Where the last page ended.
    """
    found: datetime | None = await pool.fetchval(_QUERIES["next_due"], broadcast_id, *after)
    return found or await pool.fetchval(_QUERIES["next_due"], broadcast_id, *START)


async def names_of(pool: Pool, people: Sequence[UUID]) -> dict[UUID, Identity]:
    """Returns the strongest name of each; those are missing whom nothing could be told about.

    Args:
        pool: Where names are kept.
        people: Profiles.
    """
    rows = await pool.fetch(_QUERIES["names"], people, [kind.value for kind in IdentityKind])
    return {row["profile_id"]: Identity(IdentityKind(row["kind"]), row["value"]) for row in rows}


async def held_out_by_now(pool: Pool, broadcast: Broadcast, people: Sequence[UUID]) -> frozenset[UUID]:
    """Returns those of some people who are left out, by a merge since they were chosen.

    Args:
        pool: Where draws are kept.
        broadcast: What goes out.
        people: Profiles.
    """
    if broadcast.holdout <= 0:
        return frozenset()
    rows = await pool.fetch(_QUERIES["held_out"], broadcast.draw, SALT, people)
    return frozenset(row["profile_id"] for row in rows)


async def leave(connection: Connection, broadcast_id: UUID, people: Collection[UUID]) -> frozenset[UUID]:
    """Takes people off the list.

    Args:
        connection: The transaction that settles what becomes of them.
        broadcast_id: The broadcast.
        people: Profiles.

    Returns:
        Those who were on it. Whoever was not has been settled by somebody else.
    """
    rows = await connection.fetch(_QUERIES["leave"], broadcast_id, list(people))
    return frozenset(row["profile_id"] for row in rows)


async def count_entered(connection: Connection, broadcast_id: UUID, journey: str, people: Collection[UUID]) -> None:
    """Counts what the door has done with the events of people, by what it says of each.

    Args:
        connection: The transaction in which it did so.
        broadcast_id: The broadcast.
        journey: The journey that they were to enter.
        people: Profiles.
    """
    ids = [message_id(broadcast_id, each) for each in people]
    rows = await connection.fetch(_QUERIES["routed"], ids, journey)
    await _count(connection, broadcast_id, {row["result"]: row["people"] for row in rows})


async def set_aside(pool: Pool, broadcast_id: UUID, *, left_out: Collection[UUID], nameless: Collection[UUID]) -> None:
    """Takes off the list whoever is not to enter.

    Args:
        pool: Where they wait.
        broadcast_id: The broadcast.
        left_out: Those who are held out.
        nameless: Those whom nothing could be told about.
    """
    if not left_out and not nameless:
        return
    async with pool.acquire() as connection, connection.transaction():
        gone = await leave(connection, broadcast_id, [*left_out, *nameless])
        counts = {LEFT_OUT: len(gone & set(left_out)), NO_NAME: len(gone & set(nameless))}
        await _count(connection, broadcast_id, counts)


async def give_up(pool: Pool, broadcast_id: UUID) -> bool:
    """Takes a portion of those who still wait off the list of a broadcast that ends.

    Args:
        pool: Where they wait.
        broadcast_id: The broadcast.

    Returns:
        Whether there may be more.
    """
    async with pool.acquire() as connection, connection.transaction():
        done = await connection.execute(_QUERIES["give_up"], broadcast_id, _PORTION)
        number = int(done.removeprefix("DELETE "))
        if number:
            await _count(connection, broadcast_id, {CANCELLED: number})
    return number == _PORTION


async def follow_merge(connection: Connection, survivor: UUID, loser: UUID) -> None:
    """Two profiles are one person: what either still waits for, they wait for once, and not what either has had.

    Args:
        connection: Inside the transaction that holds both profiles' rows.
        survivor: Who remains.
        loser: Who becomes part of them.
    """
    await connection.execute(_QUERIES["forget_entered"], survivor, loser)
    await connection.execute(_QUERIES["follow_merge"], survivor, loser)


async def _count(connection: Connection, broadcast_id: UUID, counts: Mapping[str, int]) -> None:
    counted = {code: number for code, number in counts.items() if number}
    if counted:
        await connection.execute(_QUERIES["count"], broadcast_id, list(counted), list(counted.values()))
