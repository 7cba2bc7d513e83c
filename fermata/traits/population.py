"""Where the fifths of all customers lie: looked at anew when the last look is an hour old, by one process at a time."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from fermata.database import Connection, Pool, Queries, new_id
from fermata.traits.happened import ORDER_COMPLETED
from fermata.traits.reading import read_purchases
from fermata.traits.rfm import Customer, RfmBorders, borders_of, customer_of

STALE_AFTER = timedelta(hours=1)
LONGEST_STATEMENT = 600.0  # seconds; one that reads a whole population may take longer than any that somebody waits for
_KIND = "rfm"
_AT_ONCE = 200  # customers; between portions others of the process have their turn
_QUERIES = Queries("fermata.traits")


async def newest_borders(connection: Connection | Pool, at: datetime) -> RfmBorders | None:
    """Returns the last look that is not later than an instant (aware), however old; None before the first."""
    document = await connection.fetchval(_QUERIES["newest_borders"], _KIND, at)
    return RfmBorders.model_validate(document) if document is not None else None


async def fresh_borders(pool: Pool, at: datetime, *, anew: bool = False) -> RfmBorders:
    """Returns where the fifths lie, after a new look where the last is too old.

    While one process looks, others go on with the old look; only before the first one do they wait for it.

    Args:
        pool: A connection of it is used while looking.
        at: The instant, aware: nothing later is in it.
        anew: Look in any case, however new the last look is; whoever looks already is waited for.
    """
    known = None if anew else await newest_borders(pool, at)
    if known is not None and _is_fresh(known, at):
        return known
    async with pool.acquire() as connection, connection.transaction():
        if known is None:
            await connection.execute(_QUERIES["lock_borders"], _KIND)
        elif not await connection.fetchval(_QUERIES["try_lock_borders"], _KIND):
            return known
        # Whoever had the lock before may have looked: a statement of its own sees what it left.
        meanwhile = await newest_borders(connection, at)
        if meanwhile is not None and _is_fresh(meanwhile, at) and not anew:
            return meanwhile
        return await _look(connection, at)


def _is_fresh(known: RfmBorders, at: datetime) -> bool:
    return at - known.at < STALE_AFTER


async def _look(connection: Connection, at: datetime) -> RfmBorders:
    rows = await connection.fetch(_QUERIES["customers"], ORDER_COMPLETED, at, timeout=LONGEST_STATEMENT)
    customers: list[Customer] = []
    for some in in_portions([row["profile_id"] for row in rows], _AT_ONCE):
        bought = await read_purchases(connection, some, at)
        customers.extend(filter(None, map(customer_of, bought.values())))
    found = borders_of(customers, at)
    await connection.execute(
        _QUERIES["store_borders"], new_id(), _KIND, at, found.customers, found.model_dump(mode="json")
    )
    return found


def in_portions(ids: Sequence[UUID], most: int) -> Iterator[Sequence[UUID]]:
    """The ids in their order, as many at once as ``most``."""
    for start in range(0, len(ids), most):
        yield ids[start : start + most]
