"""Keys from before there were public ids and slow hashes: they work on, and can be rotated into such."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from fermata.access import Key, Keys, Scope, list_keys, rotate_key
from fermata.access.sessions import open_session, session_key
from fermata.database import new_id, open_pool
from fermata.database.migrate import migrate
from tests.integration.database.conftest import DatabaseOf
from tests.people import NOON

OLD = "fk_api_7vBLdmKZ3XW4UmfC5tC1kwUfPdeTLYE6FqZL0wH9TVk"
INSERT = "INSERT INTO api_keys (id, name, hash, scopes, created_at) VALUES ($1, 'support', $2, '[\"read\"]', $3)"
SESSION = "INSERT INTO console_sessions (hash, key_hash, created_at, expires_at) VALUES ($1, $2, $3, $4)"


async def test_a_key_and_its_session_outlive_the_migration_and_end_by_a_rotation(database_of: DatabaseOf) -> None:
    url, hashed, now = await database_of("0024"), sha256(OLD.encode()).digest(), datetime.now(UTC)
    async with open_pool(url) as pool:
        await pool.execute(INSERT, new_id(), hashed, NOON)
        await pool.execute(SESSION, sha256(b"of before").digest(), hashed, now, now + timedelta(hours=1))
    await migrate(url)
    support = Key("support", frozenset({Scope.READ}))
    async with open_pool(url) as pool, pool.acquire() as connection:
        keys = Keys(pool, remembered=timedelta(0))
        later = await open_session(pool, OLD, now)
        assert await keys.find(OLD) == support
        assert await session_key(pool, "of before", now) == await session_key(pool, later, now) == support
        (kept,) = await list_keys(pool)
        assert (kept.kept_as, kept.expires_at, kept.public_id) == ("sha256", None, None)
        new = await rotate_key(connection, "support", overlap=timedelta(hours=1))
        assert await keys.find(OLD) == await keys.find(new) == support
        (kept,) = await list_keys(pool)
        assert kept.kept_as == "argon2id"
        assert None not in (kept.older_ends_at, kept.older_last_used_at)
        await rotate_key(connection, "support", overlap=timedelta(0))
        assert await keys.find(OLD) is None
        assert await session_key(pool, later, datetime.now(UTC)) is None
