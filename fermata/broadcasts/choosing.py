"""Goes through a segment as it is at one instant, and writes down who is to enter, and when: each page once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from fermata.broadcasts.definition import Broadcast
from fermata.broadcasts.holding_out import draws_of, keep_draws
from fermata.broadcasts.local_time import due_at
from fermata.broadcasts.page import Member, look_around, read_page
from fermata.database import Pool, Queries
from fermata.errors import NotFound

_QUERIES = Queries("fermata.broadcasts", "choosing.sql")
_PAGE = 5000


async def choose_page(
    pool: Pool, broadcast_id: UUID, fallback: tuple[str, ...], now: datetime, *, limit: int = _PAGE
) -> bool:
    """Goes through the next page. Where it stands is kept beside the broadcast, so a crash neither skips nor doubles.

    Args:
        pool: Where profiles and broadcasts are.
        broadcast_id: The broadcast.
        fallback: The zones of somebody of whom nothing is known, by the policy.
        now: The instant, aware.
        limit: The most people in a page.

    Returns:
        Whether there is more to go through.

    Raises:
        NotFound: There is no such broadcast.
    """
    row = await pool.fetchrow(_QUERIES["place"], broadcast_id)
    if row is None:
        raise NotFound(f"no broadcast has the id {broadcast_id}")
    if row["is_through"]:
        return False
    broadcast, starts_at, after = Broadcast.model_validate(row["definition"]), row["starts_at"], row["chosen_to"]
    if after is None:
        await look_around(pool, broadcast.segment, starts_at)
    # Read outside the transaction that writes: the rows of these people are locked for a moment only.
    page = await read_page(pool, broadcast.segment, starts_at, after=after, limit=limit)
    people = [each.id for each in page]
    left_out = await draws_of(pool, broadcast, people)
    due = [due_of(each, broadcast, starts_at, fallback) for each in page if each.id not in left_out]
    last = len(page) < limit
    async with pool.acquire() as connection, connection.transaction():
        moved = await connection.execute(
            _QUERIES["move_on"],
            broadcast_id,
            after,
            people[-1] if people else None,
            now if last else None,
            len(people),
            len(left_out),
        )
        if moved == "UPDATE 0":
            return True  # the next page tells whether anything is left
        await keep_draws(connection, broadcast, people, left_out, now)
        await connection.execute(_QUERIES["wait"], broadcast_id, _without(people, left_out), due)
    return not last


def due_of(member: Member, broadcast: Broadcast, starts_at: datetime, fallback: tuple[str, ...]) -> datetime:
    """When a broadcast is for one of its people.

    Args:
        member: Who.
        broadcast: What goes out.
        starts_at: When it begins.
        fallback: The zones of somebody of whom nothing is known, by the policy.
    """
    if broadcast.local_time is None:
        return starts_at
    return due_at(starts_at, broadcast.local_time, member.where.zones(fallback, starts_at.year).names)


def _without(people: Sequence[UUID], left_out: frozenset[UUID]) -> list[UUID]:
    return [each for each in people if each not in left_out]
