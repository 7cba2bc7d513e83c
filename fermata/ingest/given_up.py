"""How many dead letters wait for somebody to look at them."""

from collections.abc import Mapping

from fermata.database import Connection, Pool, Queries

_QUERIES = Queries("fermata.ingest", "given_up.sql")


async def open_dead_letters(connection: Pool | Connection) -> Mapping[str, int]:
    """Counts those that were neither sent again nor dropped, by kind: ``event``, ``dispatch`` or ``run``.

    Args:
        connection: Any, or the pool.
    """
    return {row["kind"]: row["letters"] for row in await connection.fetch(_QUERIES["open_letters"])}
