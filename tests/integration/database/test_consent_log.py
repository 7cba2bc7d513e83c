"""The record of consent only grows, and begins with what was known before it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from alembic import command
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from cli.stack.postgres import Postgres
from fermata.database import Pool, new_id, open_pool
from fermata.database.migrate import alembic_config, migrate
from tests.people import NOON, enrol

_INSERT = """
INSERT INTO consent_log (id, profile_id, channel, purpose, status, source, occurred_at, recorded_at, stated_as)
VALUES ($1, $2, 'email', 'marketing', 'granted', 'event', $3, $3, 'user_id:ada')
"""


@pytest.fixture
async def entry(pool: Pool) -> UUID:
    """One statement of one person's."""
    ada, identifier = await enrol(pool, consent={}), new_id()
    await pool.execute(_INSERT, identifier, ada.profile_id, NOON)
    return identifier


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent_log SET status = 'revoked'",
        "UPDATE consent_log SET occurred_at = now()",
        "UPDATE consent_log SET profile_id = (SELECT id FROM profiles LIMIT 1), source = 'api'",
        "DELETE FROM consent_log",
        "TRUNCATE consent_log",
    ],
)
async def test_what_was_said_cannot_be_changed_or_taken_back(pool: Pool, entry: UUID, statement: str) -> None:
    with pytest.raises(asyncpg.RestrictViolationError, match="consent_log only grows"):
        await pool.execute(statement)
    assert await pool.fetchval("SELECT status FROM consent_log WHERE id = $1", entry) == "granted"


async def test_a_merge_may_move_it_to_the_survivor(pool: Pool, entry: UUID) -> None:
    survivor = await enrol(pool)
    await pool.execute("UPDATE consent_log SET profile_id = $1", survivor.profile_id)
    assert await pool.fetchval("SELECT profile_id FROM consent_log WHERE id = $1", entry) == survivor.profile_id


async def test_erasure_says_that_it_is_one_and_only_for_its_own_transaction(pool: Pool, entry: UUID) -> None:
    async with pool.acquire() as connection:
        with pytest.raises(asyncpg.RestrictViolationError):
            await connection.execute("DELETE FROM consent_log WHERE id = $1", entry)
        async with connection.transaction():
            await connection.execute("SET LOCAL fermata.erasing = 'on'")
            await connection.execute("UPDATE consent_log SET evidence = '{}', message_id = NULL WHERE id = $1", entry)
            await connection.execute("DELETE FROM consent_log WHERE id = $1", entry)
        assert await connection.fetchval("SELECT count(*) FROM consent_log") == 0
        await connection.execute(_INSERT, entry, await connection.fetchval("SELECT id FROM profiles"), NOON)
        with pytest.raises(asyncpg.RestrictViolationError):
            await connection.execute("DELETE FROM consent_log WHERE id = $1", entry)


@pytest.fixture
async def old_database(postgres: Postgres) -> AsyncIterator[str]:
    """A database as it was before the log."""
    url = await postgres.create_database("before_the_log")
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    async with engine.begin() as connection:
        await connection.run_sync(_up_to, "0008")
    await engine.dispose()
    yield url
    await postgres.drop_database("before_the_log")


async def test_what_was_known_before_becomes_the_beginning_of_the_log(old_database: str) -> None:
    async with open_pool(old_database) as pool:
        ada, bob, carl = new_id(), new_id(), new_id()
        said_at = datetime(2026, 2, 1, 8, 0, 0, 123456, tzinfo=UTC)
        micros = int(said_at.timestamp()) * 1_000_000 + 123456
        await _write_old(
            pool,
            ada,
            {"email": {"marketing": "revoked"}, "sms": {"marketing": "granted"}},
            {"consent.email.marketing": micros, "time_zone": 1},
        )
        await _write_old(pool, bob, {"push": {"marketing": "granted"}}, {})
        await _write_old(pool, carl, {}, {"time_zone": 1})
        await pool.execute(
            "INSERT INTO identities (kind, value, profile_id, first_seen_at)"
            " VALUES ('anonymous_id', 'a1', $1, $2), ('user_id', 'ada', $1, $2)",
            ada,
            NOON,
        )
    await migrate(old_database)
    async with open_pool(old_database) as pool:
        rows = await pool.fetch("SELECT * FROM consent_log ORDER BY profile_id, channel")
        told = [(row["channel"], row["status"], row["source"], row["occurred_at"], row["stated_as"]) for row in rows]
        assert told == [
            ("email", "revoked", "before the log", said_at, "user_id:ada"),
            ("sms", "granted", "before the log", NOON, "user_id:ada"),
            ("push", "granted", "before the log", NOON, f"profile_id:{bob}"),
        ]
        assert {row["region"] for row in rows} == {"US-NY"}
        newest = int(NOON.timestamp()) * 1_000_000
        facts = {row["id"]: row["facts_at"] for row in await pool.fetch("SELECT id, facts_at FROM profiles")}
        assert facts == {ada: {"time_zone": 1, "consent": newest}, bob: {"consent": newest}, carl: {"time_zone": 1}}


async def _write_old(pool: Pool, profile_id: UUID, consent: dict[str, Any], facts_at: dict[str, int]) -> None:
    await pool.execute(
        "INSERT INTO profiles (id, created_at, updated_at, country, subdivision, consent, facts_at)"
        " VALUES ($1, $2, $2, 'US', 'NY', $3, $4)",
        profile_id,
        NOON,
        consent,
        facts_at,
    )


def _up_to(connection: Connection, revision: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
