"""Makes keys, lists them and takes them back. A secret is shown once, when it is made."""

from collections.abc import Collection
from datetime import UTC, datetime

import asyncpg
from pydantic import BaseModel, ConfigDict

from fermata.access.scopes import Scope
from fermata.access.secret import hash_of, new_secret
from fermata.database import Connection, Pool, Queries, new_id
from fermata.errors import ConfigurationError, NotFound

_QUERIES = Queries("fermata.access")
_LONGEST_NAME = 100
_FIRST = {
    "write": (Scope.INGEST,),
    "admin": (Scope.READ, Scope.WRITE, Scope.OPERATE, Scope.ADMIN),
}


class KeyRecord(BaseModel):
    """What is kept of a key: everything but its secret.

    Args:
        name: What people call it.
        scopes: What it allows, in the order of their names.
        created_at: When it was made.
        revoked_at: Since when it is good for nothing; None while it works.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    revoked_at: datetime | None


async def create_key(connection: Connection, name: str, scopes: Collection[Scope]) -> str:
    """Makes a key.

    Args:
        connection: Any.
        name: What people call it. That of a revoked key can be given again; its record gives way.
        scopes: What it allows.

    Returns:
        The secret. It cannot be read again.

    Raises:
        ConfigurationError: A key of that name works already, or the name is none.
    """
    _check_name(name)
    secret = await _create(connection, "create", name, scopes)
    if secret is None:
        raise ConfigurationError(f"a key is named {name!r} already; take another name, or revoke that one first")
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


async def list_keys(connection: Pool | Connection) -> tuple[KeyRecord, ...]:
    """Returns all keys, the revoked ones too, in the order in which they were made.

    Args:
        connection: Any, or the pool.
    """
    return tuple(_record(row) for row in await connection.fetch(_QUERIES["list"]))


async def revoke_key(connection: Pool | Connection, name: str, now: datetime) -> KeyRecord:
    """Takes a key back. Again without harm: the first time counts.

    Args:
        connection: Any, or the pool.
        name: The key's.
        now: The instant. A process that has just seen the key trusts it for seconds more (``Keys``).

    Raises:
        NotFound: There is no key of that name.
    """
    row = await connection.fetchrow(_QUERIES["revoke"], name, now)
    if row is None:
        raise NotFound(f"no key is named {name!r}; `fermata keys list` shows those that there are")
    return _record(row)


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        problem = f"{name!r} cannot be a key's name; take up to {_LONGEST_NAME} characters that can be printed"
        raise ConfigurationError(problem)


def _record(row: asyncpg.Record) -> KeyRecord:
    return KeyRecord(**row)


async def _create(connection: Connection, statement: str, name: str, scopes: Collection[Scope]) -> str | None:
    secret = new_secret(scopes)
    stored = sorted(scope.value for scope in scopes)
    done = await connection.execute(_QUERIES[statement], new_id(), name, hash_of(secret), stored, datetime.now(UTC))
    return secret if done == "INSERT 0 1" else None
