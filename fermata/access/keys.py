"""Makes keys, rotates them and takes them back. A secret is shown once, when it is made."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from fermata.access.listing import KeyRecord, key_named
from fermata.access.rates import Limit
from fermata.access.scopes import Scope
from fermata.access.secret import new_secret
from fermata.access.slow_hash import slow_hash
from fermata.database import Connection, Pool, Queries, new_id
from fermata.errors import ConfigurationError, Conflict, NotFound

OVERLAP = timedelta(days=1)
"""How long the secret before goes on working after a rotation."""

_QUERIES = Queries("fermata.access")
_LONGEST_NAME = 100
_LONGEST_LIFETIME = timedelta(days=3660)
_FIRST = {
    "write": (Scope.INGEST,),
    "admin": (Scope.READ, Scope.WRITE, Scope.OPERATE, Scope.ADMIN),
}


async def create_key(
    connection: Connection,
    name: str,
    scopes: Collection[Scope],
    *,
    lifetime: timedelta | None = None,
    limit: str | None = None,
) -> str:
    """Makes a key.

    Args:
        connection: Any.
        name: What people call it. That of a key that is revoked or expired can be given again; its record gives way.
        scopes: What it allows.
        lifetime: How long each of its secrets is good; None for ever.
        limit: How many requests it may make, as ``Limit`` reads it; None for what the deployment's settings say.

    Returns:
        The secret. It cannot be read again.

    Raises:
        ConfigurationError: A key of that name works already, the name is none, or the limit or the lifetime cannot be.
    """
    _check_name(name)
    _check_lifetime(lifetime)
    if limit is not None:
        Limit.parse(limit)
    await connection.execute(_QUERIES["forget_secrets"])
    secret = await _create(connection, "create", name, scopes, lifetime, limit)
    if secret is None:
        raise ConfigurationError(
            f"a key is named {name!r} already; take another name, rotate that one, or revoke it first"
        )
    return secret


async def first_keys(connection: Connection) -> dict[str, str]:
    """Makes the keys that a new deployment starts with, ``write`` and ``admin``. Again without harm.

    Args:
        connection: Any.

    Returns:
        The secrets of those made now, by name; nothing where they had been made before.
    """
    made = {name: await _create(connection, "create_once", name, scopes) for name, scopes in _FIRST.items()}
    return {name: secret for name, secret in made.items() if secret is not None}


async def rotate_key(
    connection: Connection, name: str, *, overlap: timedelta = OVERLAP, lifetime: timedelta | None = None
) -> str:
    """Gives a key a new secret. The one before goes on working for a while, so that nothing has to stop.

    Args:
        connection: Any.
        name: The key's.
        overlap: How long what worked before still does; zero where it has leaked.
        lifetime: How long the new secret, and those after it, are good; None for as long as the one before was.

    Returns:
        The new secret. It cannot be read again.

    Raises:
        NotFound: There is no key of that name.
        Conflict: It is revoked.
        ConfigurationError: The overlap or the lifetime cannot be.
    """
    _check_lifetime(lifetime)
    if not timedelta(0) <= overlap <= _LONGEST_LIFETIME:
        raise ConfigurationError(f"an overlap of {overlap} cannot be; take one from PT0S to P3660D")
    async with connection.transaction():
        row = await connection.fetchrow(_QUERIES["lock"], name)
        if row is None:
            raise _no_such_key(name)
        if row["revoked_at"] is not None:
            raise Conflict(f"the key {name!r} is revoked; make another one with `fermata keys create`")
        secret, now = new_secret([Scope(scope) for scope in row["scopes"]]), datetime.now(UTC)
        await connection.execute(_QUERIES["end_secrets"], row["id"], now + overlap)
        lifetime = await connection.fetchval(_QUERIES["end_hash"], row["id"], now + overlap, lifetime)
        ends_at = now + lifetime if lifetime is not None else None
        hashed = await slow_hash(secret.text)
        await connection.execute(_QUERIES["add_secret"], secret.public_id, row["id"], hashed, now, ends_at)
    return secret.text


async def revoke_key(connection: Pool | Connection, name: str, now: datetime) -> KeyRecord:
    """Takes a key back, with all its secrets. Again without harm: the first time counts.

    Args:
        connection: Any, or the pool.
        name: The key's.
        now: The instant. A process that has just seen the key trusts it for seconds more (``Keys``).

    Raises:
        NotFound: There is no key of that name.
    """
    await connection.execute(_QUERIES["revoke"], name, now)
    record = await key_named(connection, name)
    if record is None:
        raise _no_such_key(name)
    return record


def _no_such_key(name: str) -> NotFound:
    return NotFound(f"no key is named {name!r}; `fermata keys list` shows those that there are")


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        problem = f"{name!r} cannot be a key's name; take up to {_LONGEST_NAME} characters that can be printed"
        raise ConfigurationError(problem)


def _check_lifetime(lifetime: timedelta | None) -> None:
    if lifetime is not None and not timedelta(0) < lifetime <= _LONGEST_LIFETIME:
        raise ConfigurationError(f"a key cannot be good for {lifetime}; take a time from PT1S to P3660D")


async def _create(
    connection: Connection,
    statement: str,
    name: str,
    scopes: Collection[Scope],
    lifetime: timedelta | None = None,
    limit: str | None = None,
) -> str | None:
    secret, now = new_secret(scopes), datetime.now(UTC)
    stored, hashed = sorted(scope.value for scope in scopes), await slow_hash(secret.text)
    key = (new_id(), name, stored, now, lifetime, limit)
    done = await connection.execute(_QUERIES[statement], *key, secret.public_id, hashed)
    return secret.text if done == "INSERT 0 1" else None
