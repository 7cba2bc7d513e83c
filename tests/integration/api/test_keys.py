"""Keys: shown once, kept as hashes, found by what was sent."""

from datetime import timedelta
from hashlib import sha256

import pytest

from fermata.access import Key, Keys, Scope, allows, create_key, first_keys, list_keys, revoke_key
from fermata.access.secret import new_secret
from fermata.database import Pool
from fermata.errors import ConfigurationError, NotFound
from tests.people import NOON


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


async def test_the_name_of_a_revoked_key_is_free_and_its_old_secret_stays_worthless(pool: Pool) -> None:
    async with pool.acquire() as connection:
        old = await create_key(connection, "shop", [Scope.INGEST])
        await revoke_key(connection, "shop", NOON)
        new = await create_key(connection, "shop", [Scope.READ])
    assert await Keys(pool).find(old) is None
    assert await Keys(pool).find(new) == Key("shop", frozenset({Scope.READ}))
    assert [(key.name, key.revoked_at) for key in await list_keys(pool)] == [("shop", None)]


async def test_a_first_key_that_was_revoked_does_not_come_back_by_itself(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await first_keys(connection)
        await revoke_key(connection, "admin", NOON)
        assert await first_keys(connection) == {}
    assert {key.name: key.revoked_at for key in await list_keys(pool)} == {"admin": NOON, "write": None}


async def test_the_first_revocation_counts_and_a_key_that_is_not_there_is_named(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await create_key(connection, "shop", [Scope.INGEST])
    for minutes in range(2):
        assert (await revoke_key(pool, "shop", NOON + timedelta(minutes=minutes))).revoked_at == NOON
    with pytest.raises(NotFound, match="'shpo'"):
        await revoke_key(pool, "shpo", NOON)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "\x00", "x" * 101])
async def test_a_name_must_be_one_that_people_can_read(pool: Pool, name: str) -> None:
    async with pool.acquire() as connection:
        with pytest.raises(ConfigurationError, match="cannot be a key's name"):
            await create_key(connection, name, [Scope.READ])


def test_what_a_secret_is_for_can_be_seen_by_its_beginning() -> None:
    told = {"fk_write_": [Scope.INGEST], "fk_api_": [Scope.READ, Scope.WRITE], "fk_admin_": [Scope.READ, Scope.ADMIN]}
    assert all(new_secret(scopes).startswith(beginning) for beginning, scopes in told.items())
