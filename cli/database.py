"""The database of this deployment, for commands that look something up in it or change it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

from fermata.database import AWAY, Pool, open_pool
from fermata.errors import ConfigurationError, Unavailable
from fermata.settings import read_settings

T = TypeVar("T")


def on_database(work: Callable[[Pool], Awaitable[T]]) -> T:
    """Does something on the database that ``FERMATA_DATABASE_URL`` names, and returns what it returns.

    Args:
        work: Given a pool that is closed afterwards.

    Raises:
        ConfigurationError: The database lacks the schema.
        Unavailable: Postgres does not answer.
    """
    return asyncio.run(_on_pool(work))


async def _on_pool(work: Callable[[Pool], Awaitable[T]]) -> T:
    async with open_pool(read_settings().database_url, most=2) as pool:
        try:
            return await work(pool)
        except (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError):
            raise ConfigurationError("the database lacks the schema of this version: run `fermata migrate`") from None
        except AWAY as error:
            raise Unavailable(f"Postgres went away: {error}; run the command again") from error
