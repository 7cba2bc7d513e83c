"""Finds what a secret allows, without asking Postgres or argon2 for every request."""

import asyncio
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from time import monotonic
from typing import NamedTuple, TypeVar

import asyncpg

from fermata.access.rates import Limit, Rates
from fermata.access.scopes import Scope
from fermata.access.secret import hash_of, public_id_of
from fermata.access.slow_hash import SlowChecks
from fermata.database import Pool, Queries

_QUERIES = Queries("fermata.access")
_MOST_REMEMBERED = 4096

T = TypeVar("T")


class Key(NamedTuple):
    """A key that was found.

    Args:
        name: What people call it.
        scopes: What it allows.
        limit: How many requests it may make; None for any number.
    """

    name: str
    scopes: frozenset[Scope]
    limit: Limit | None = None


class DefaultLimits(NamedTuple):
    """The limits of keys that have none of their own; None for any number of requests.

    Args:
        ingest: Of keys that send events.
        others: Of all others.
    """

    ingest: Limit | None = None
    others: Limit | None = None


NO_LIMITS = DefaultLimits()


class _Found(NamedTuple):
    key: Key
    proven: str | bytes
    """The hash in the table that the secret has proven to be that of."""
    until: float


class Keys:
    """The keys of a deployment.

    A secret is known again by a fast hash, keyed with random bits of this process, which is kept in memory alone. So
    argon2 runs once for each key and process; after that the row is looked at, and what was proven of it stays proven.

    Args:
        pool: Where they are kept.
        remembered: How long what was found is trusted: a revoked key may work this much longer.
        limits: Of keys without one of their own.
    """

    def __init__(
        self, pool: Pool, *, remembered: timedelta = timedelta(seconds=10), limits: DefaultLimits = NO_LIMITS
    ) -> None:
        self._pool = pool
        self._remembered = remembered
        self._limits = limits
        self._salt = secrets.token_bytes(32)
        self._found: dict[bytes, _Found] = {}
        self._unknown: dict[bytes, float] = {}
        self._asking: dict[bytes, asyncio.Task[Key | None]] = {}
        self._checks = SlowChecks()
        self._rates = Rates()

    async def admit(self, secret: str) -> Key | None:
        """As ``find``, and counts a request of the key.

        Args:
            secret: As it was sent.

        Raises:
            TooManyRequests: The key has made too many.
            OSError, asyncpg.PostgresError: As of ``find``.
        """
        key = await self.find(secret)
        if key is not None and key.limit is not None:
            self._rates.take(key.name, key.limit, monotonic())
        return key

    async def find(self, secret: str) -> Key | None:
        """Says whose secret this is and what it allows, or None where there is no such key.

        Only hashes are compared, so the time that it takes tells nothing about a secret.

        Args:
            secret: As it was sent.

        Raises:
            TooManyRequests: Too many secrets that nobody has seen yet are being checked.
            OSError, asyncpg.PostgresError: Postgres is away (``fermata.database.AWAY``).
        """
        digest = blake2b(secret.encode("utf-8", "surrogatepass"), key=self._salt, digest_size=32).digest()
        now = monotonic()
        known = self._found.get(digest)
        if known is not None and known.until > now:
            return known.key
        if self._unknown.get(digest, 0) > now:
            return None
        asking = self._asking.get(digest)
        if asking is None:
            # One question for all who ask at once, and none of them can take it away from the others.
            asking = self._asking[digest] = asyncio.create_task(self._look(digest, secret))
            asking.add_done_callback(lambda done: self._answered(digest, done))
        return await asyncio.shield(asking)

    def _answered(self, digest: bytes, done: "asyncio.Task[Key | None]") -> None:
        del self._asking[digest]
        if not done.cancelled():
            done.exception()  # whoever asked may be gone

    async def _look(self, digest: bytes, secret: str) -> Key | None:
        now, known = datetime.now(UTC), self._found.get(digest)
        public_id = public_id_of(secret)
        if public_id is None:
            row = await self._pool.fetchrow(_QUERIES["find"], hash_of(secret), now)
        else:
            row = await self._pool.fetchrow(_QUERIES["find_by_id"], public_id, now)
        if row is None or not await self._proven(row, public_id, secret, known):
            self._found.pop(digest, None)
            _remember(self._unknown, digest, monotonic() + self._remembered.total_seconds())
            return None
        key = self._key(row)
        trusted = min(self._remembered, row["ends_at"] - now) if row["ends_at"] is not None else self._remembered
        _remember(self._found, digest, _Found(key, row["hash"], monotonic() + trusted.total_seconds()))
        minute = now.replace(second=0, microsecond=0)
        if row["last_used_at"] is None or row["last_used_at"] < minute:
            statement = "used" if public_id is None else "used_by_id"
            await self._pool.execute(_QUERIES[statement], row["hash"] if public_id is None else public_id, minute)
        return key

    async def _proven(self, row: asyncpg.Record, public_id: str | None, secret: str, known: _Found | None) -> bool:
        if public_id is None:
            return hmac.compare_digest(row["hash"], hash_of(secret))
        if known is not None and known.proven == row["hash"]:
            return True
        return await self._checks.matches(public_id, row["hash"], secret)

    def _key(self, row: asyncpg.Record) -> Key:
        scopes = frozenset(Scope(scope) for scope in row["scopes"])
        if row["rate_limit"] is not None:
            return Key(row["name"], scopes, Limit.parse(row["rate_limit"]))
        return Key(row["name"], scopes, self._limits.ingest if Scope.INGEST in scopes else self._limits.others)


def _remember(memory: dict[bytes, T], digest: bytes, what: T) -> None:
    """Puts something in, and takes the oldest out where there is too much: strangers cannot fill the memory."""
    while len(memory) >= _MOST_REMEMBERED:
        del memory[next(iter(memory))]
    memory[digest] = what
