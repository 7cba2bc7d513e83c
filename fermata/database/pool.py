"""The pool of Postgres connections that all rooms share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import orjson
from asyncpg.pool import PoolConnectionProxy
from uuid_utils.compat import uuid7

from fermata.errors import Unavailable

Pool: TypeAlias = asyncpg.Pool
Connection: TypeAlias = asyncpg.Connection | PoolConnectionProxy

AWAY: tuple[type[Exception], ...] = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InterfaceError,
)
"""What asyncpg raises when Postgres is away, starting, stopping or full: worth trying again later."""


def new_id() -> UUID:
    """A UUIDv7: unique, and in order of creation, so that an index on it grows at its end."""
    return uuid7()


def _to_json(value: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    return orjson.dumps(value).decode()


async def _prepare(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", encoder=_to_json, decoder=orjson.loads, schema="pg_catalog")


async def _as_it_is(connection: PoolConnectionProxy) -> None:
    """Hands a connection on without asking Postgres to reset it: that would be one statement more each time.

    Nothing is left behind that one could see. What a transaction left open is rolled back before this, settings and
    locks are those of transactions alone, and whoever listens takes that back.
    """


@asynccontextmanager
async def open_pool(database_url: str, *, most: int = 16, lazily: bool = False) -> AsyncIterator[Pool]:
    """Opens a pool of connections, JSON read and written as Python values, and closes it at the end.

    Args:
        database_url: ``postgresql://user:password@host:port/database``.
        most: The most connections that it holds.
        lazily: Connect at the first query, so that a process can start while Postgres is away.

    Raises:
        Unavailable: Postgres does not answer.
    """
    try:
        pool = await asyncpg.create_pool(
            database_url,
            min_size=0 if lazily else 1,
            max_size=most,
            init=_prepare,
            reset=_as_it_is,
            command_timeout=30,
        )
    except AWAY as error:
        raise Unavailable(
            f"Postgres does not answer: {error}. Is it running, and is FERMATA_DATABASE_URL right?"
        ) from error
    try:
        yield pool
    finally:
        await pool.close()
