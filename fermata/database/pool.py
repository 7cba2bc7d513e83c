"""The pool of Postgres connections that all rooms share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
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
    asyncpg.InsufficientResourcesError,  # no disk, no memory, no connection left: SQLSTATE class 53
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InterfaceError,
)
"""What asyncpg raises when Postgres is away, starting, stopping or full: worth trying again later."""


STATEMENT_LIMIT = timedelta(seconds=30)
"""How long Postgres may take for a statement that says nothing else."""
_IF_WE_VANISH = {
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "60s",
}
"""What Postgres is told when we connect: a machine or a road that is gone without a word holds its locks for a minute,
and not for the two hours after which a system gives a connection up."""
_NO_COMPILING = {"jit": "off"}
"""Of a statement that looks dear Postgres compiles the plan: that takes longer than any for which somebody waits."""
_STATEMENTS = 500  # that a connection keeps prepared; there are fewer


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


async def connect_pool(
    database_url: str, *, most: int, lazily: bool = False, statement_limit: timedelta = STATEMENT_LIMIT
) -> Pool:
    """A pool of connections, JSON read and written as Python values, for as long as the process lasts.

    Args:
        database_url: ``postgresql://user:password@host:port/database``.
        most: The most connections that it holds.
        lazily: Connect at the first query, so that a process can start while Postgres is away.
        statement_limit: How long Postgres may take for a statement that says nothing else. A connection that is silent
            for that long, and as long again when asked to stop, is given up.

    Raises:
        Unavailable: Postgres does not answer.
    """
    try:
        return await asyncpg.create_pool(
            database_url,
            min_size=0 if lazily else 1,
            max_size=most,
            init=_prepare,
            reset=_as_it_is,
            timeout=statement_limit.total_seconds(),  # to connect
            command_timeout=statement_limit.total_seconds(),
            server_settings=_IF_WE_VANISH | _NO_COMPILING,
            # Asyncpg waits without a limit for a statement to be closed: on a silent road, for ever. So none is closed.
            statement_cache_size=_STATEMENTS,
            max_cached_statement_lifetime=0,
        )
    except AWAY as error:
        raise Unavailable(
            f"Postgres does not answer: {error}. Is it running, and is FERMATA_DATABASE_URL right?"
        ) from error


@asynccontextmanager
async def open_pool(
    database_url: str, *, most: int = 16, lazily: bool = False, statement_limit: timedelta = STATEMENT_LIMIT
) -> AsyncIterator[Pool]:
    """Opens a pool as ``connect_pool`` does, and closes it at the end.

    Raises:
        Unavailable: Postgres does not answer.
    """
    pool = await connect_pool(database_url, most=most, lazily=lazily, statement_limit=statement_limit)
    try:
        yield pool
    finally:
        await pool.close()
