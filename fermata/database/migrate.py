"""Brings a database to the newest schema, by Alembic, while it is in use. Again without harm, also several at once."""

import asyncio
from datetime import timedelta
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from fermata.database.pool import AWAY
from fermata.database.roles import APP_ROLE, GRANTS
from fermata.errors import Unavailable

_LOCK = 0x6665726D  # "ferm": one migration at a time, whoever starts it
_LONGEST_LOCK = timedelta(seconds=3)
"""Whoever comes after somebody who waits for a whole table waits too: so nobody waits for one longer than this."""

_BETWEEN = timedelta(seconds=2)
_LOCK_NOT_AVAILABLE = "55P03"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


def alembic_config() -> Config:
    """The Alembic configuration, without a file: the scripts stand beside this module."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    return config


async def migrate(database_url: str, *, patience: timedelta = timedelta(minutes=5)) -> None:
    """Applies every migration that the database has not had yet, each in a transaction of its own.

    A migration that does not get a table to itself within seconds lets everybody else go first, and tries again.

    Args:
        database_url: ``postgresql://user:password@host:port/database``.
        patience: How long it tries.

    Raises:
        Unavailable: Postgres does not answer; or somebody holds a table for longer than that. What was applied stays.
    """
    # Connected by asyncpg itself: SQLAlchemy would hand sslmode and the like on under names that asyncpg does not have.
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(database_url))
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
            await connection.execute(text(f"SET lock_timeout = {_LONGEST_LOCK // timedelta(milliseconds=1)}"))
            await connection.commit()
            await _upgraded(connection, patience)
            await _granted(connection)
    except AWAY as error:
        raise Unavailable(
            f"Postgres does not answer: {error}. Is it running, and is FERMATA_DATABASE_URL right?"
        ) from error
    finally:
        await engine.dispose()  # which closes the connection, and so gives the lock back


async def _upgraded(connection: AsyncConnection, patience: timedelta) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience.total_seconds()
    while True:
        try:
            await connection.run_sync(_upgrade)
            await connection.commit()  # where there was nothing to do, Alembic leaves its look at it open
        except DBAPIError as error:
            await connection.rollback()
            if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
            if loop.time() >= deadline:
                raise Unavailable(
                    f"a migration could not get a table to itself within {patience.total_seconds():.0f} s: see in "
                    "pg_stat_activity who has a transaction open, and run `fermata migrate` again"
                ) from error
            await asyncio.sleep(_BETWEEN.total_seconds())
        else:
            return


async def _granted(connection: AsyncConnection) -> None:
    """What this release has made is for the application's role too; all at once, so that it never lacks anything."""
    if await connection.scalar(text(GRANTS["role"].replace("$1", ":name")), {"name": APP_ROLE}) is not None:
        for statement in GRANTS["grant"].split(";"):
            await connection.execute(text(statement))
    await connection.commit()


def _upgrade(connection: Connection) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
