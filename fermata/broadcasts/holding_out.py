"""Who is left out of a broadcast, to measure what it brings: a draw a person, kept with the profile for ever."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from fermata.broadcasts.definition import Broadcast
from fermata.database import Connection, Pool, Queries
from fermata.journeys import SALT, held_out

_QUERIES = Queries("fermata.broadcasts", "holding_out.sql")


async def draws_of(connection: Connection | Pool, broadcast: Broadcast, people: Sequence[UUID]) -> frozenset[UUID]:
    """Says who of some people is left out: a draw that is on record stands, else it is made.

    A share of 0 is no holdout: it leaves nobody out, whoever was drawn before.

    Args:
        connection: Any, or the pool.
        broadcast: Its name is part of the draw, so that each leaves out others, and the same ones each time.
        people: Profiles.
    """
    if broadcast.holdout <= 0:
        return frozenset()
    rows = await connection.fetch(_QUERIES["drawn"], broadcast.draw, SALT, people)
    drawn = {row["profile_id"]: row["held_out"] for row in rows}
    return frozenset(
        each for each in people if drawn.get(each, held_out(broadcast.draw, each, broadcast.holdout, SALT))
    )


async def keep_draws(
    connection: Connection, broadcast: Broadcast, people: Sequence[UUID], left_out: Collection[UUID], now: datetime
) -> None:
    """Writes down how people were drawn, where that was not done before.

    Args:
        connection: The transaction that chooses them.
        broadcast: Which; without a holdout nothing was drawn.
        people: All of them.
        left_out: Those of them who are left out.
        now: When.
    """
    if broadcast.holdout > 0:
        outs = [each in left_out for each in people]
        await connection.execute(_QUERIES["keep"], broadcast.draw, SALT, people, outs, broadcast.holdout, now)
