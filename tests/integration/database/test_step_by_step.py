"""A database that is in use goes through every migration, one by one, with rows in each of its tables."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from fermata.database import open_pool
from fermata.database.migrate import alembic_config, migrate
from fermata.errors import Unavailable
from tests.integration.database.conftest import DatabaseOf
from tests.integration.database.some_rows import counted, fill


async def test_each_migration_takes_a_database_with_rows_in_every_table_and_loses_none(database_of: DatabaseOf) -> None:
    config = alembic_config()
    first, *others = [each.revision for each in ScriptDirectory.from_config(config).walk_revisions()][::-1]
    url = await database_of(first)
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(url))
    async with open_pool(url) as pool, engine.connect() as migrating, pool.acquire() as connection:
        for revision in others:
            await fill(connection)
            before = await counted(connection)
            await migrating.run_sync(_step, config, revision)
            after = await counted(connection)
            assert {name: rows for name, rows in before.items() if after.get(name, rows) < rows} == {}, revision
        await fill(connection)
        assert 0 not in (await counted(connection)).values()
    await engine.dispose()


async def test_a_migration_lets_others_go_first_and_says_who_holds_it_up(database_of: DatabaseOf) -> None:
    """A report reads a table for minutes: whoever wanted the table to itself would have all others stand behind it."""
    url = await database_of("0017")
    async with open_pool(url) as pool:
        async with pool.acquire() as reader, reader.transaction():
            await reader.execute("LOCK TABLE journey_runs IN ACCESS SHARE MODE")  # which the next migration changes
            with pytest.raises(Unavailable, match="pg_stat_activity"):
                await migrate(url, patience=timedelta(0))
            assert await pool.fetchval("SELECT count(*) FROM journey_runs", timeout=1) == 0, "nobody stands behind it"
        behind = await pool.fetchval("SELECT version_num FROM alembic_version")
        await migrate(url)
        assert await pool.fetchval("SELECT version_num FROM alembic_version") > behind


def _step(connection: Connection, config: Any, revision: str) -> None:
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
