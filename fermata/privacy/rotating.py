"""Wraps every key again by the newest master key, so that older ones can be given up. Histories stay as they are."""

from collections.abc import Callable

from fermata.database import Pool, Queries
from fermata.privacy.master_keys import MasterKeys, Wrapped

_QUERIES = Queries("fermata.privacy")
_AT_A_TIME = 500


async def wrapped_by(pool: Pool) -> dict[str, int]:
    """Counts the keys by the id of the master key that wrapped them.

    Args:
        pool: Where they are kept.
    """
    return {row["wrapped_by"]: row["keys"] for row in await pool.fetch(_QUERIES["count"])}


async def rotate(pool: Pool, masters: MasterKeys, newest: str, done: Callable[[int], None]) -> int:
    """Wraps the keys again that another master key than the newest wrapped. What is done stays done: say it again.

    Args:
        pool: Where they are kept.
        masters: Knows the newest, and all that wrapped a key.
        newest: The id of the one that wraps now.
        done: Told how many are done, after each page.

    Returns:
        How many were wrapped again.

    Raises:
        ConfigurationError: A master key is missing that wrapped one.
    """
    total = 0
    while rows := await pool.fetch(_QUERIES["by_others"], newest, _AT_A_TIME):
        for row in rows:
            about = row["made_for"].bytes
            key = await masters.unwrap(Wrapped(row["wrapped_by"], row["wrapped"]), about)
            again = await masters.wrap(key, about)
            await pool.execute(_QUERIES["wrap_again"], row["made_for"], again.by, again.sealed, row["wrapped"])
        total += len(rows)
        done(total)
    return total
