"""Runs whose code fails, kept among the dead letters for as long as it does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fermata.database import Pool, Queries, new_id

_QUERIES = Queries("fermata.ingest", "dead_letters.sql")
_LOCK = 0x737475636B  # "stuck", in hexadecimal


@dataclass(frozen=True, slots=True)
class StuckRun:
    """A run whose code fails.

    Args:
        workflow_id: The run's in Temporal.
        temporal_run_id: Temporal's id of its first execution.
        reason: Why. It says nothing of a person.
        tries: How often it was tried.
    """

    workflow_id: str
    temporal_run_id: str
    reason: str
    tries: int


async def keep_stuck(pool: Pool, stuck: Sequence[StuckRun], now: datetime, *, all_known: bool) -> None:
    """Makes letters of them, and ends the letters of runs that go on.

    Args:
        pool: Where they are kept.
        stuck: All that fail now, or many of them.
        now: The instant, aware.
        all_known: Whether these are all.
    """
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        runs = [each.temporal_run_id for each in stuck]
        reasons, tries = [each.reason for each in stuck], [each.tries for each in stuck]
        await connection.execute(_QUERIES["still_stuck"], runs, reasons, tries)
        await connection.execute(_QUERIES["newly_stuck"], [new_id() for _ in stuck], runs, reasons, tries, now)
        if all_known:
            await connection.execute(_QUERIES["recovered"], runs, now)
