"""A shop of some weeks, written straight into the tables: what brings what in it is known."""

from pathlib import Path

from fermata.database import Pool

_SHOP = Path(__file__).with_name("shop.sql")


async def trade(pool: Pool) -> None:
    """Writes the shop.

    Args:
        pool: Of an empty database.
    """
    async with pool.acquire() as connection:
        await connection.execute(_SHOP.read_text())
