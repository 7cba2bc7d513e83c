"""The keys of people: made when one is first needed, kept wrapped, and known to a process for a minute at most."""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from time import monotonic
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fermata.database import Connection, Pool, Queries
from fermata.errors import NotFound
from fermata.privacy.master_keys import MasterKeys, Wrapped

_QUERIES = Queries("fermata.privacy")
_BITS = 256
_MOST_REMEMBERED = 10_000
REMEMBERED = timedelta(seconds=60)
"""How long a process may still read by a key that was destroyed."""
NOBODY = UUID(int=0)
"""Has the key of whatever is about no single person: broadcasts and schedules."""


class KeyGone(NotFound):
    """There is no key of that person: they were erased, or never had one."""


class ProfileKeys:
    """Finds the keys of people.

    Args:
        pool: Where they are kept.
        masters: Wraps and unwraps them.
        remembered: How long one that was found is trusted.
    """

    def __init__(self, pool: Pool, masters: MasterKeys, *, remembered: timedelta = REMEMBERED) -> None:
        self._pool, self._masters = pool, masters
        self._remembered = remembered.total_seconds()
        self._known: OrderedDict[UUID, tuple[AESGCM, float]] = OrderedDict()

    async def find(self, made_for: UUID) -> AESGCM:
        """Returns the key that was made for a profile, whoever it has become part of.

        Args:
            made_for: The profile's id, or ``NOBODY``.

        Raises:
            KeyGone: There is none.
            ConfigurationError: No master key here unwraps it.
            OSError, asyncpg.PostgresError: Postgres is away.
        """
        known = self._known.get(made_for)
        if known is not None and known[1] > monotonic():
            self._known.move_to_end(made_for)
            return known[0]
        self._known.pop(made_for, None)
        row = await self._pool.fetchrow(_QUERIES["find"], made_for)
        if row is None:
            raise KeyGone(f"there is no key of {made_for}: they were erased, so what was written by it stays closed")
        key = AESGCM(await self._masters.unwrap(Wrapped(row["wrapped_by"], row["wrapped"]), made_for.bytes))
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.popitem(last=False)
        self._known[made_for] = (key, monotonic() + self._remembered)
        return key

    async def find_or_make(self, made_for: UUID) -> AESGCM:
        """Returns the key of a profile, and makes it where this is the first time that it is needed.

        Args:
            made_for: The profile's id, or ``NOBODY``.

        Raises:
            KeyGone: There is no such profile: they were erased.
        """
        try:
            return await self.find(made_for)
        except KeyGone:
            wrapped = await self._masters.wrap(AESGCM.generate_key(_BITS), made_for.bytes)
            statement = "make_for_nobody" if made_for == NOBODY else "make"
            await self._pool.execute(_QUERIES[statement], made_for, wrapped.by, wrapped.sealed, datetime.now(UTC))
            return await self.find(made_for)


async def follow_merge(connection: Connection, survivor: UUID, loser: UUID) -> None:
    """The keys of a profile that became part of another are the other's, and go with it when it is erased.

    Args:
        connection: Inside a transaction that holds both rows.
        survivor: Whose they become.
        loser: Whose they were.
    """
    await connection.execute(_QUERIES["follow_merge"], survivor, loser)
