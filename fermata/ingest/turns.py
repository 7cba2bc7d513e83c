"""Of a pool's connections, those that events may take at once: the rest stay free for who looks or operates."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fermata.database import Connection, Pool
from fermata.errors import Overloaded

_LONGEST_WAIT = 10.0  # seconds; the sender's SDK tries again
_LEFT_TO_OTHERS = 4
"""One of so many connections is never taken for events."""


class Turns:
    """Connections for events, one after another where many want them.

    Args:
        pool: Whose.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        most = pool.get_max_size()
        self._free = asyncio.Semaphore(max(1, most - max(1, most // _LEFT_TO_OTHERS)))

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection while the block runs.

        Raises:
            Overloaded: None was free for ten seconds.
            OSError, asyncpg.PostgresError: Postgres is away (``fermata.database.AWAY``).
        """
        try:
            async with asyncio.timeout(_LONGEST_WAIT):
                await self._free.acquire()
        except TimeoutError:
            problem = f"no connection to Postgres was free for {_LONGEST_WAIT:.0f} s; nothing is stored"
            raise Overloaded(f"{problem}, send the request again") from None
        try:
            async with self._pool.acquire(timeout=_LONGEST_WAIT) as connection:
                yield connection
        finally:
            self._free.release()
