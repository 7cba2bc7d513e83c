"""Keys: shown once, kept as hashes, found by what was sent."""

from datetime import timedelta
from hashlib import sha256

import pytest

from fermata.access import Key, Keys, Scope, allows, create_key, first_keys
from fermata.database import Pool
from fermata.errors import ConfigurationError


async def test_a_key_is_known_by_its_secret_and_kept_as_a_hash(pool: Pool) -> None:
    async with pool.acquire() as connection:
        secret = await create_key(connection, "shop", [Scope.INGEST])
    assert secret.startswith("fk_write_")
    assert await Keys(pool).find(secret) == Key("shop", frozenset({Scope.INGEST}))
    assert await Keys(pool).find(secret + "x") is None
    row = await pool.fetchrow("SELECT * FROM api_keys")
    assert row is not None
    assert row["hash"] == sha256(secret.encode()).digest()
    assert secret not in str(dict(row))


async def test_the_first_keys_are_made_once(pool: Pool) -> None:
    async with pool.acquire() as connection:
        made = await first_keys(connection)
        assert await first_keys(connection) == {}
    assert made["write"].startswith("fk_write_")
    assert made["admin"].startswith("fk_admin_")
    assert await Keys(pool).find(made["admin"]) == Key("admin", frozenset(set(Scope) - {Scope.INGEST}))


async def test_a_name_is_given_once(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await create_key(connection, "shop", [Scope.INGEST])
        with pytest.raises(ConfigurationError, match="'shop'"):
            await create_key(connection, "shop", [Scope.READ])


async def test_a_revoked_key_stops_working_as_soon_as_it_is_forgotten(pool: Pool) -> None:
    async with pool.acquire() as connection:
        secret = await create_key(connection, "shop", [Scope.INGEST])
    remembering, forgetful = Keys(pool, remembered=timedelta(hours=1)), Keys(pool, remembered=timedelta(0))
    shop = Key("shop", frozenset({Scope.INGEST}))
    assert await remembering.find(secret) == await forgetful.find(secret) == shop
    await pool.execute("UPDATE api_keys SET revoked_at = created_at")
    assert await forgetful.find(secret) is None
    assert await remembering.find(secret) == shop


def test_an_admin_may_do_everything_and_a_reader_only_read() -> None:
    assert all(allows({Scope.ADMIN}, scope) for scope in Scope)
    assert [scope for scope in Scope if allows({Scope.READ}, scope)] == [Scope.READ]
