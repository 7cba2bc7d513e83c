"""The person whom a view is about, as the parts of the view read them: all in one snapshot of the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from fermata.database import Connection, Pool

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@asynccontextmanager
async def snapshot(pool: Pool) -> AsyncIterator[Connection]:
    """Yields a connection on which everything is read as of one instant, whatever others write meanwhile.

    Args:
        pool: Any.
    """
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        yield connection


@dataclass(frozen=True, slots=True)
class Subject:
    """A person, and how to read more about them.

    Args:
        connection: Of one snapshot.
        profile: Their row of ``profiles``.
        now: The present instant, aware.
    """

    connection: Connection
    profile: asyncpg.Record
    now: datetime

    @property
    def id(self) -> UUID:
        """The profile's."""
        identifier: UUID = self.profile["id"]
        return identifier

    def stated_at(self, fact: str) -> datetime | None:
        """Returns when a fact was last stated, or None where nothing is on record.

        Args:
            fact: Its column and name, for example ``"addresses.email"``.
        """
        microseconds = self.profile["facts_at"].get(fact)
        return _EPOCH + timedelta(microseconds=microseconds) if microseconds is not None else None
