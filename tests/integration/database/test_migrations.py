"""The schema has one source: what the migrations build is what the tables say."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

import fermata.database.tables  # noqa: F401 - fills SQLModel.metadata
from fermata.database import Pool
from fermata.database.migrate import migrate


async def test_tables_and_migrations_agree(database_url: str) -> None:
    engine = create_async_engine(database_url.replace("postgresql://", "postgresql+asyncpg://", 1))
    async with engine.connect() as connection:
        differences = await connection.run_sync(_differences)
    await engine.dispose()
    assert differences == []


async def test_migrating_again_changes_nothing(database_url: str, pool: Pool) -> None:
    before = await pool.fetchval("SELECT version_num FROM alembic_version")
    await migrate(database_url)
    assert await pool.fetchval("SELECT version_num FROM alembic_version") == before


def _differences(connection: Connection) -> list[Any]:
    months = set(connection.scalars(text("SELECT relname FROM pg_class WHERE relispartition")))
    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "compare_server_default": True,
            "include_name": lambda name, kind, _: kind != "table" or name not in months,
        },
    )
    return list(compare_metadata(context, SQLModel.metadata))
