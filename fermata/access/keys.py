"""Makes keys. A secret is shown once, when it is made."""

from collections.abc import Collection
from datetime import UTC, datetime

from fermata.access.scopes import Scope
from fermata.access.secret import hash_of, new_secret
from fermata.database import Connection, Queries, new_id
from fermata.errors import ConfigurationError

_QUERIES = Queries("fermata.access")
_FIRST = {
    "write": (Scope.INGEST,),
    "admin": (Scope.READ, Scope.WRITE, Scope.OPERATE, Scope.ADMIN),
}


async def create_key(connection: Connection, name: str, scopes: Collection[Scope]) -> str:
    """Makes a key.

    Args:
        connection: Any.
        name: What people call it; each name once.
        scopes: What it allows.

    Returns:
        The secret. It cannot be read again.

    Raises:
        ConfigurationError: There is a key of that name.
    """
    secret = await _create(connection, name, scopes)
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
    made = {name: await _create(connection, name, scopes) for name, scopes in _FIRST.items()}
    return {name: secret for name, secret in made.items() if secret is not None}


async def _create(connection: Connection, name: str, scopes: Collection[Scope]) -> str | None:
    secret = new_secret(scopes)
    stored = sorted(scope.value for scope in scopes)
    done = await connection.execute(_QUERIES["create"], new_id(), name, hash_of(secret), stored, datetime.now(UTC))
    return secret if done == "INSERT 0 1" else None
