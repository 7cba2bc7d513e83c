"""Brings a database to the newest schema, by Alembic. Safe to run again and from several processes at once."""

from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from fermata.database.roles import APP_ROLE, GRANTS

_LOCK = 0x6665726D  # "ferm": one migration at a time, whoever starts it


def alembic_config() -> Config:
    """The Alembic configuration, without a file: the scripts stand beside this module."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    return config


async def migrate(database_url: str) -> None:
    """Applies every migration that the database has not had yet.

    Args:
        database_url: ``postgresql://user:password@host:port/database``.
    """
    # Connected by asyncpg itself: SQLAlchemy would hand sslmode and the like on under names that asyncpg does not have.
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(database_url))
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            await connection.run_sync(_upgrade)
            if await connection.scalar(text(GRANTS["role"].replace("$1", ":name")), {"name": APP_ROLE}) is not None:
                for statement in GRANTS["grant"].split(";"):  # what this release has made is for the role too
                    await connection.execute(text(statement))
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
