"""Finds what a secret allows, without asking Postgres for every request."""

import hmac
from datetime import timedelta
from time import monotonic
from typing import NamedTuple

from fermata.access.scopes import Scope
from fermata.access.secret import hash_of
from fermata.database import Pool, Queries

_QUERIES = Queries("fermata.access")
_MOST_REMEMBERED = 1024


class Key(NamedTuple):
    """A key that was found.

    Args:
        name: What people call it.
        scopes: What it allows.
    """

    name: str
    scopes: frozenset[Scope]


class Keys:
    """The keys of a deployment.

    Args:
        pool: Where they are kept.
        remembered: How long a key that was found is trusted: a revoked one may work this much longer.
    """

    def __init__(self, pool: Pool, *, remembered: timedelta = timedelta(seconds=10)) -> None:
        self._pool = pool
        self._remembered = remembered.total_seconds()
        self._found: dict[bytes, tuple[Key, float]] = {}

    async def find(self, secret: str) -> Key | None:
        """Says whose secret this is and what it allows, or None where there is no such key.

        Only hashes are compared, so the time that it takes tells nothing about a secret.

        Args:
            secret: As it was sent.

        Raises:
            OSError, asyncpg.PostgresError: Postgres is away (``fermata.database.AWAY``).
        """
        hashed = hash_of(secret)
        known = self._found.get(hashed)
        if known is not None and known[1] > monotonic():
            return known[0]
        row = await self._pool.fetchrow(_QUERIES["find"], hashed)
        if row is None or not hmac.compare_digest(row["hash"], hashed):
            self._found.pop(hashed, None)
            return None
        key = Key(row["name"], frozenset(Scope(scope) for scope in row["scopes"]))
        if len(self._found) >= _MOST_REMEMBERED:
            self._found.clear()
        self._found[hashed] = (key, monotonic() + self._remembered)
        return key
