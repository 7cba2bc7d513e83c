"""What is kept of the keys, for people: everything but what could be used as one."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from fermata.access.scopes import Scope
from fermata.database import Connection, Pool, Queries

_QUERIES = Queries("fermata.access")


class KeyRecord(BaseModel):
    """What is kept of a key: everything but its secret.

    Args:
        name: What people call it.
        scopes: What it allows, in the order of their names.
        created_at: When it was made.
        revoked_at: Since when it is good for nothing; None while it works.
        limit: How many requests it may make (``50:200``, ``off``); None for what the deployment's settings say.
        kept_as: How its newest secret is hashed: ``argon2id``, or ``sha256`` where it was made before there was that.
        public_id: The part of its newest secret that is none: it stands in its text, and in no other key's.
        secret_since: When its newest secret was made; None for one of the old kind that was never rotated.
        expires_at: When its newest secret ends, or ended; None for never.
        last_used_at: The minute in which its newest secret was last used; None for never.
        older_ends_at: When the last of the secrets before ends, or ended; None where there are none.
        older_last_used_at: The minute in which one of the secrets before was last used.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    revoked_at: datetime | None
    limit: str | None
    kept_as: str
    public_id: str | None
    secret_since: datetime | None
    expires_at: datetime | None
    last_used_at: datetime | None
    older_ends_at: datetime | None
    older_last_used_at: datetime | None


async def list_keys(connection: Pool | Connection) -> tuple[KeyRecord, ...]:
    """Returns all keys, the revoked and expired ones too, in the order in which they were made.

    Args:
        connection: Any, or the pool.
    """
    return tuple(KeyRecord(**row) for row in await connection.fetch(_QUERIES["list"], None))


async def key_named(connection: Pool | Connection, name: str) -> KeyRecord | None:
    """Returns one key; None where none is named so.

    Args:
        connection: Any, or the pool.
        name: The key's.
    """
    row = await connection.fetchrow(_QUERIES["list"], name)
    return KeyRecord(**row) if row is not None else None
