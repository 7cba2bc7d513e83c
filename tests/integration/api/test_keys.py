"""Keys: shown once, kept as slow hashes, found by what was sent, good until they end."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from argon2 import PasswordHasher, extract_parameters

from api.application import create_app
from cli.stack.http_server import HttpServer
from fermata.access import (
    DefaultLimits,
    Key,
    Keys,
    Limit,
    Scope,
    allows,
    create_key,
    first_keys,
    list_keys,
    revoke_key,
    rotate_key,
)
from fermata.access.secret import new_secret, public_id_of
from fermata.access.slow_hash import LEAST, Cost, slow_hash, spend
from fermata.database import Pool, new_id
from fermata.errors import ConfigurationError, Conflict, NotFound, TooManyRequests
from fermata.journeys import Registry
from tests.people import NOON


async def test_a_key_is_known_by_its_secret_and_kept_as_a_hash(pool: Pool) -> None:
    async with pool.acquire() as connection:
        secret = await create_key(connection, "shop", [Scope.INGEST])
    assert secret.startswith("fk_write_")
    assert await Keys(pool).find(secret) == Key("shop", frozenset({Scope.INGEST}))
    assert await Keys(pool).find(secret + "x") is None
    (key,), (kept,) = await pool.fetch("SELECT * FROM api_keys"), await pool.fetch("SELECT * FROM api_key_secrets")
    assert PasswordHasher().verify(kept["hash"], secret)
    assert kept["hash"].startswith("$argon2id$")
    assert secret[-43:] not in str(dict(key)) + str(dict(kept))


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
    assert all(new_secret(scopes).text.startswith(beginning) for beginning, scopes in told.items())


async def test_a_hash_costs_what_is_advised_where_nothing_else_is_said() -> None:
    spend(Cost())
    try:
        cost = extract_parameters(await slow_hash("a key"))
    finally:
        spend(LEAST)
    assert (cost.memory_cost, cost.time_cost, cost.parallelism) == (19 * 1024, 2, 1)


async def test_a_key_is_checked_slowly_once_a_process_and_then_known_again(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks: list[str] = []
    verify = PasswordHasher.verify

    def counted(hasher: PasswordHasher, hashed: str, text: str) -> bool:
        checks.append(text)
        return bool(verify(hasher, hashed, text))

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    async with pool.acquire() as connection:
        secret = await create_key(connection, "shop", [Scope.INGEST])
    keys = Keys(pool, remembered=timedelta(0))
    for _ in range(5):
        assert await keys.find(secret) is not None
    assert checks == [secret]


async def test_guesses_at_a_key_whose_id_is_known_are_slowed_down_and_its_holder_is_not(pool: Pool) -> None:
    async with pool.acquire() as connection:
        secret = await create_key(connection, "shop", [Scope.INGEST])
    keys = Keys(pool, remembered=timedelta(0))
    assert await keys.find(secret) is not None
    guesses = (keys.find(f"{secret[:-2]}{number:02}") for number in range(100))
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    slowed = [answer for answer in answers if isinstance(answer, TooManyRequests)]
    assert len(slowed) + answers.count(None) == 100
    assert len(slowed) > 70
    assert await keys.find(secret) is not None


async def test_a_key_ends_when_it_was_to_end_and_its_name_is_free(pool: Pool) -> None:
    async with pool.acquire() as connection:
        secret = await create_key(connection, "fair", [Scope.READ], lifetime=timedelta(days=3))
        keys = Keys(pool, remembered=timedelta(0))
        assert await keys.find(secret) == Key("fair", frozenset({Scope.READ}))
        (kept,) = await list_keys(connection)
        assert kept.expires_at == kept.created_at + timedelta(days=3)
        await pool.execute("UPDATE api_key_secrets SET ends_at = $1", datetime.now(UTC))
        assert await keys.find(secret) is None
        assert await create_key(connection, "fair", [Scope.READ]) != secret


@pytest.mark.parametrize("lifetime", [timedelta(0), timedelta(days=-1), timedelta(days=4000)])
async def test_a_lifetime_that_cannot_be_is_refused(pool: Pool, lifetime: timedelta) -> None:
    async with pool.acquire() as connection:
        with pytest.raises(ConfigurationError, match="a key cannot be good for"):
            await create_key(connection, "fair", [Scope.READ], lifetime=lifetime)


async def test_after_a_rotation_both_secrets_work_until_the_overlap_is_over(pool: Pool) -> None:
    keys = Keys(pool, remembered=timedelta(0))
    async with pool.acquire() as connection:
        old = await create_key(connection, "shop", [Scope.INGEST], lifetime=timedelta(days=90))
        new = await rotate_key(connection, "shop", overlap=timedelta(hours=1))
        assert await keys.find(old) == await keys.find(new) == Key("shop", frozenset({Scope.INGEST}))
        (kept,) = await list_keys(connection)
        assert kept.public_id == public_id_of(new)
        assert kept.older_last_used_at is not None
        assert kept.secret_since is not None
        assert kept.expires_at == kept.secret_since + timedelta(days=90)
        await pool.execute("UPDATE api_key_secrets SET ends_at = $1 WHERE public_id = $2", NOON, public_id_of(old))
        assert await keys.find(old) is None
        at_once = await rotate_key(connection, "shop", overlap=timedelta(0))
        assert await keys.find(new) is None
        assert await keys.find(at_once) is not None
        await revoke_key(connection, "shop", NOON)
        assert await keys.find(at_once) is None
        with pytest.raises(Conflict, match="'shop' is revoked"):
            await rotate_key(connection, "shop")
        with pytest.raises(NotFound, match="'shpo'"):
            await rotate_key(connection, "shpo")


async def test_the_last_use_of_a_key_is_on_record_to_the_minute(pool: Pool) -> None:
    async with pool.acquire() as connection:
        secret = await create_key(connection, "shop", [Scope.INGEST])
        assert [key.last_used_at for key in await list_keys(connection)] == [None]
        before = datetime.now(UTC).replace(second=0, microsecond=0)
        await Keys(pool).find(secret)
        (kept,) = await list_keys(connection)
    assert kept.last_used_at is not None
    assert before <= kept.last_used_at <= datetime.now(UTC)


async def test_the_limit_of_a_key_goes_before_that_of_the_deployment(pool: Pool) -> None:
    limits = DefaultLimits(ingest=Limit.parse("5"), others=Limit.parse("1:2"))
    async with pool.acquire() as connection:
        made = {"read": Scope.READ, "own": Scope.READ, "off": Scope.READ, "ingest": Scope.INGEST}
        own = {"own": "7:9", "off": "off"}
        secrets = {name: await create_key(connection, name, [made[name]], limit=own.get(name)) for name in made}
        with pytest.raises(ConfigurationError, match="'0' is no limit"):
            await create_key(connection, "none", [Scope.READ], limit="0")
    keys = Keys(pool, limits=limits)
    found = {name: await keys.find(secret) for name, secret in secrets.items()}
    limited = {name: key.limit for name, key in found.items() if key is not None}
    assert limited == {"read": Limit(1, 2), "own": Limit(7, 9), "off": None, "ingest": Limit(5, 10)}
    for _ in range(2):
        assert await keys.admit(secrets["read"]) is not None
    with pytest.raises(TooManyRequests, match="'read' may make 1 requests a second, 2 at once"):
        await keys.admit(secrets["read"])
    assert await keys.admit(secrets["off"]) is not None


async def test_over_its_limit_a_key_is_told_when_to_come_again_at_every_door(pool: Pool) -> None:
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
        busy = await create_key(connection, "busy", [Scope.READ], limit="0.02:1")
    limits = DefaultLimits(ingest=Limit(0.1, 1), others=Limit(0.5, 1))
    app = create_app(pool=pool, registry=Registry({}), key_limits=limits)
    event = {"userId": "ada", "event": "Product Viewed", "messageId": "m1"}
    async with HttpServer(app) as server, httpx.AsyncClient(base_url=server.url) as client:

        async def send(number: int) -> httpx.Response:
            return await client.post("/v1/track", json={**event, "messageId": f"m{number}"}, auth=(keys["write"], ""))

        async def look(key: str, path: str = "/api/v1/decisions") -> httpx.Response:
            return await client.get(path, headers={"Authorization": f"Bearer {key}"})

        for answer in (await send(1), await look(busy), await look(keys["admin"])):
            assert answer.status_code == 200
        refused, problem = await send(2), await look(busy)
        inbox = await look(keys["admin"], f"/api/v1/inbox/{new_id()}")
    assert [answer.status_code for answer in (refused, problem, inbox)] == [429] * 3
    waits = [int(answer.headers["retry-after"]) for answer in (refused, problem, inbox)]
    assert all(most - 2 <= wait <= most for wait, most in zip(waits, (10, 50, 2), strict=True))
    assert refused.json()["code"] == "too_many_requests"
    assert problem.headers["content-type"] == "application/problem+json"
    assert "'busy' may make 0.02 requests a second, 1 at once" in problem.json()["detail"]
    assert await pool.fetchval("SELECT count(*) FROM events") == 1
