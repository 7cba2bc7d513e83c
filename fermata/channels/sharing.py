"""How many workers send at the moment, so that together they keep to each provider's rate: every one has its share."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import NoReturn

import structlog

from fermata.channels.carriers import Carriers
from fermata.channels.pace import Share
from fermata.database import AWAY, Pool, Queries, new_id

_log = structlog.get_logger("fermata.providers")
_QUERIES = Queries("fermata.channels", "sharing.sql")

BEAT = timedelta(seconds=2)


class Sharing:
    """Tells the others that this worker sends, and this worker how many they are.

    A worker that was not heard of for five beats is gone. What others leave is taken over when it has been heard twice:
    by then, what they sent last is more than a second old.

    Args:
        pool: Connections to the database.
        carriers: Of this worker; told of its share.
        beat: Between two signs of life.
    """

    def __init__(self, pool: Pool, carriers: Carriers, *, beat: timedelta = BEAT) -> None:
        self._pool = pool
        self._carriers = carriers
        self._beat = beat
        self._missed_after = 5 * beat
        self._id = new_id()
        self.share = Share()
        """What this worker has of every rate."""
        self._heard = self.share

    async def begin(self) -> None:
        """Joins the others. Until they have surely heard of it, nothing goes out that has a limit.

        Raises:
            OSError: Postgres is away; so are its other errors.
        """
        await self._hear()
        if self.share.workers > 1:
            self._carriers.hold_back(2 * self._beat)

    async def keep(self) -> NoReturn:
        """Goes on for ever; outlives any outage. While Postgres is away, nobody sends, and the share stands."""
        while True:
            await asyncio.sleep(self._beat.total_seconds())
            try:
                await self._hear()
            except AWAY as error:
                _log.warning("postgres is away; the share of the rates stands", error=str(error))

    async def leave(self) -> None:
        """Leaves its share to the others; where Postgres is away, they find out by themselves."""
        with suppress(*AWAY):
            await self._pool.execute(_QUERIES["leave"], self._id)

    async def _hear(self) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_QUERIES["one_at_a_time"])
            row = await connection.fetchrow(_QUERIES["announce"], self._id, self._missed_after)
        before, self._heard = self._heard, Share(row["workers"], row["place"])
        if self._heard.workers >= self.share.workers or self._heard == before:
            self._take(self._heard)

    def _take(self, share: Share) -> None:
        if share != self.share:
            _log.info("workers share the providers' rates", workers=share.workers)
            self.share = share
            self._carriers.share(share)


@asynccontextmanager
async def sharing(pool: Pool, carriers: Carriers, *, beat: timedelta = BEAT) -> AsyncIterator[Sharing]:
    """Shares the providers' rates with the other workers until the block is left, which its sends must not outlast.

    Args:
        pool: Connections to the database.
        carriers: Of this worker.
        beat: Between two signs of life.

    Yields:
        What is to be kept up meanwhile, by ``keep``.
    """
    ours = Sharing(pool, carriers, beat=beat)
    await ours.begin()
    try:
        yield ours
    finally:
        await ours.leave()
