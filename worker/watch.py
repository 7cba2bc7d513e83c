"""Looks at the database every few seconds for what only it knows; one worker of all does, whichever is first."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import asyncpg
import structlog

from fermata.database import AWAY, Connection, Pool
from fermata.ingest.given_up import open_dead_letters
from fermata.ingest.lag import dispatch_lag
from fermata.ledger import Policies
from fermata.ledger.watched import held_by_reason, overshoot
from fermata.runs.record import RunState
from fermata.runs.standing import stand_of_runs
from worker.meters import WatchMeters

_log = structlog.get_logger("fermata.watch")

EVERY = timedelta(seconds=15)
_SENDS_OF = timedelta(minutes=5)
"""How far back sends are held against their caps each time: a worker that takes over misses none."""
_LOCK = 0x6665726D617461  # "fermata", in hexadecimal


class Watch:
    """What one worker watches for all.

    Args:
        pool: Connections to the database.
        meters: Where it is shown.
        every: Between two looks.
    """

    def __init__(self, pool: Pool, meters: WatchMeters, every: timedelta = EVERY) -> None:
        self._pool = pool
        self._meters = meters
        self._every = every
        self._policies = Policies()

    async def keep(self) -> NoReturn:
        """Watches for ever, or waits until the worker that does is gone; outlives any outage."""
        while True:
            try:
                async with self._turn() as connection:
                    while connection is not None:
                        await self.look(connection, datetime.now(UTC))
                        await asyncio.sleep(self._every.total_seconds())
            except (*AWAY, asyncpg.PostgresError) as error:  # whatever it is, the worker works on
                _log.warning("the database was not looked at; trying again", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(self._every.total_seconds())

    async def look(self, connection: Connection, now: datetime) -> None:
        """Looks once.

        Args:
            connection: Any.
            now: The instant, aware.
        """
        standing = await stand_of_runs(connection, now)
        self._meters.show(
            await dispatch_lag(connection),
            await held_by_reason(connection),
            {each.journey: each.runs for each in standing if each.state is RunState.ACTIVE},
            await open_dead_letters(connection),
            await overshoot(connection, self._policies, now - _SENDS_OF),
            now,
        )

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[Connection | None]:
        """A connection that holds the lock of who watches, for as long as the block runs; None where another has it.

        Postgres lets go of the lock when its connection ends, however it ends.
        """
        async with self._pool.acquire() as connection:
            if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                yield None
                return
            try:
                yield connection
            finally:
                self._meters.hide()
                if not connection.is_closed():
                    await connection.execute("SELECT pg_advisory_unlock($1)", _LOCK)
