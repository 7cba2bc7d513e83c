"""Waits until the world of the demo is quiet: everything handed over, sent, ended, or held for a real reason."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fermata.database import Pool, Queries

_QUERIES = Queries("cli.demo")
_LOOK_AGAIN = 0.5
_LOOKS_IN_A_ROW = 2


@dataclass(frozen=True)
class Unrest:
    """What still moves, and what has come to rest.

    Args:
        dispatches: Events on their way to a workflow.
        sends: Messages between decision and receipt.
        runs: Runs at work or in one of the journey's own waits.
        held: Messages that wait for a window, a cap or the end of quiet hours.
        sent: Messages that have gone out.
    """

    dispatches: int
    sends: int
    runs: int
    held: int
    sent: int

    @property
    def quiet(self) -> bool:
        """Nothing moves."""
        return not (self.dispatches or self.sends or self.runs)


async def wait_for_quiet(pool: Pool, *, since: datetime, limit: timedelta, tell: Callable[[Unrest], None]) -> Unrest:
    """Waits until nothing moves on two looks in a row, or nothing has changed for too long. Returns the last look.

    Args:
        pool: Connections to the database.
        since: When the demo began, aware.
        limit: How long everything may stay as it is before it counts as stuck.
        tell: Told every look, for a status line.
    """
    loop = asyncio.get_running_loop()
    quiet_looks = 0
    last: Unrest | None = None
    give_up_at = loop.time()
    while True:
        unrest = await _look(pool, since)
        tell(unrest)
        if unrest != last:
            last, give_up_at = unrest, loop.time() + limit.total_seconds()
        quiet_looks = quiet_looks + 1 if unrest.quiet else 0
        if quiet_looks >= _LOOKS_IN_A_ROW or loop.time() >= give_up_at:
            return unrest
        await asyncio.sleep(_LOOK_AGAIN)


async def wait_for_first_decisions(pool: Pool, *, since: datetime, limit: timedelta) -> None:
    """Waits until every run that goes on has decided its first message, or until the limit.

    Args:
        pool: Connections to the database.
        since: When the demo began, aware.
        limit: How long it waits at most.
    """
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + limit.total_seconds()
    while loop.time() < give_up_at:
        unrest = await _look(pool, since)
        outstanding = await pool.fetchval(_QUERIES["first_decisions_outstanding"], since)
        if not unrest.dispatches and not unrest.sends and not outstanding:
            return
        await asyncio.sleep(_LOOK_AGAIN)


async def _look(pool: Pool, since: datetime) -> Unrest:
    row = await pool.fetchrow(_QUERIES["unrest"], since, datetime.now(UTC))
    return Unrest(**dict(row))
