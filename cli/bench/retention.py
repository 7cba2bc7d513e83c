"""Compares a month of events that goes at once with one that goes row by row, as where somebody's run is under way."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cli.bench.findings import Comparison, Findings, compare
from cli.bench.pairs import Pair, Tell
from cli.bench.sizes import Sizes
from cli.stack.postgres import Postgres
from fermata.database import Pool, Queries, new_id, open_pool
from fermata.database.migrate import migrate
from fermata.retention import Keep, remove_old
from fermata.retention.months import month_of

COMPARES = "A month of events dropped at once, beside the same events removed row by row."
_QUERIES = Queries("cli.bench", "retention.sql")
_SHARE = 5  # of ``sizes.rows``: 200,000 events
_KEEP = Keep(events=timedelta(days=30))
_LATER = timedelta(days=100)


@dataclass(frozen=True)
class _Took:
    """How long it took, in milliseconds, until the events were gone, and until their message ids were."""

    events: float
    all: float


async def bench_retention(sizes: Sizes, tell: Tell) -> Findings:
    """Fills a month twice on an embedded Postgres that writes to the disk, and removes it in both ways.

    Args:
        sizes: ``rows`` is heeded: a fifth of them are events.
        tell: Told how far it is.
    """
    events, month = max(sizes.rows // _SHARE, 1), month_of(datetime.now(UTC))
    shopper, runner = new_id(), new_id()
    tell("starting Postgres", 0, 0)
    async with Postgres() as postgres:
        url = await postgres.create_database("retention")
        await migrate(url)
        async with open_pool(url, statement_limit=timedelta(minutes=10)) as pool:
            await pool.execute(_QUERIES["people"], shopper, runner, month)
            await pool.execute(_QUERIES["run"], runner, month)
            tell("row by row", 0, 2)
            rows = await _removed(pool, shopper, month, events)
            await pool.execute(_QUERIES["run_over"])
            tell("at once", 1, 2)
            whole = await _removed(pool, shopper, month, events)
    return Findings(
        name="retention",
        compares=COMPARES,
        comparisons=(
            _compared("until the events are gone", Pair(rows.events, whole.events)),
            _compared("until their message ids are too", Pair(rows.all, whole.all)),
        ),
        notes=(f"{events:,} events of one month",),
    )


async def _removed(pool: Pool, shopper: UUID, month: datetime, events: int) -> _Took:
    await pool.execute(_QUERIES["events"], shopper, month, events)
    await pool.execute("VACUUM ANALYZE events, message_ids")
    began = time.perf_counter()
    gone = began

    async def note(kind: str, _removed: int) -> None:
        nonlocal gone
        if kind == "events":
            gone = time.perf_counter()

    await remove_old(pool, _KEEP, month + _LATER, told=note)
    return _Took((gone - began) * 1000, (time.perf_counter() - began) * 1000)


def _compared(what: str, pair: Pair[float]) -> Comparison:
    return compare(what, "ms", beside="row by row", pairs=[pair])
