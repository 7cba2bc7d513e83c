"""Databases as releases before this one have left them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from cli.stack.postgres import Postgres
from fermata.database.migrate import alembic_config

DatabaseOf = Callable[[str], Awaitable[str]]


@pytest.fixture
async def database_of(postgres: Postgres) -> AsyncIterator[DatabaseOf]:
    """Makes a database with the schema of a revision, and no rows."""
    made: list[str] = []

    async def make(revision: str) -> str:
        made.append(f"test_{uuid4().hex}")
        url = await postgres.create_database(made[-1])
        engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
        async with engine.begin() as connection:
            await connection.run_sync(_up_to, revision)
        await engine.dispose()
        return url

    yield make
    for name in made:
        await postgres.drop_database(name)


def _up_to(connection: Connection, revision: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
