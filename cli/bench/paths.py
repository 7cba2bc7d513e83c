"""Compares the report on paths with nothing but reading the same events in the order of their people."""

import asyncio
import os
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial

from cli.bench.findings import Findings, Target, compare
from cli.bench.pairs import Pair, Tell, in_pairs
from cli.bench.recorded_statements import connect_bare
from cli.bench.sizes import Sizes
from cli.stack.postgres import Postgres
from fermata.analytics.asked import PathsAsked
from fermata.database import Pool, Queries, open_pool
from fermata.database.migrate import migrate
from fermata.errors import FermataError

COMPARES = "What people do before they buy: the report beside reading the same events in order."
_QUERIES = Queries("cli.bench", "paths_rows.sql")
_BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
_NAMES = (
    "Product Viewed",
    "Products Searched",
    "Cart Viewed",
    "Product Added",
    "Viewed Home Page",
    "Email Opened",
    "Coupon Entered",
    "Order Completed",
)
_ASKED = PathsAsked(since=_BEGIN, until=_BEGIN + timedelta(days=30))
_LONGEST = 1800.0  # seconds, of one statement
_TARGET = Target(of="ours", direction="at least", bound=10_000_000 / 60)  # events/s: ten million in a minute
_ENOUGH = 1_000_000
"""Events; with fewer the start of the process is most of it."""

_MIB = 1024  # KiB


async def bench_paths(sizes: Sizes, tell: Tell) -> Findings:
    """Measures on an embedded Postgres whose tables lie in memory where there is room.

    Args:
        sizes: ``pairs`` and ``rows`` are heeded: so many events.
        tell: Told how far it is.
    """
    async with Postgres(durable=False) as postgres:
        tell(f"writing {sizes.rows:,} events", 0, 0)
        url = await postgres.create_database("paths")
        await _fill(url, sizes.rows)
        async with open_pool(url, most=1) as pool:
            pairs = await in_pairs(
                partial(_read, pool), partial(_report, url), pairs=sizes.pairs, what="paths", tell=tell, warm_up=False
            )
    rates = [Pair(sizes.rows / pair.baseline, sizes.rows / pair.ours) for pair in pairs]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / _MIB
    found = compare(
        f"the report on paths, {sizes.rows:,} events",
        "events/s",
        beside="the same events read in order",
        pairs=rates,
        target=_TARGET if sizes.rows >= _ENOUGH else None,
    )
    notes = (
        f"the largest of the processes beside this one had {peak:,.0f} MiB at its peak; the report is one of them",
    )
    return Findings(name="paths", compares=COMPARES, comparisons=(found,), notes=notes)


async def _fill(url: str, events: int) -> None:
    await migrate(url)
    connection = await connect_bare(url)
    try:
        await connection.execute("SET session_replication_role = replica")  # the rows are right: no key is checked
        await connection.execute(_QUERIES["events"], events, list(_NAMES), _BEGIN, timeout=_LONGEST)
        await connection.execute("VACUUM (ANALYZE) events", timeout=_LONGEST)
    finally:
        await connection.close()


async def _read(pool: Pool) -> float:
    began = time.perf_counter()
    async with pool.acquire() as connection, connection.transaction(readonly=True):
        async for _ in connection.cursor(_QUERIES["in_order"], prefetch=2000, timeout=_LONGEST):
            pass
    return time.perf_counter() - began


async def _report(url: str) -> float:
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "fermata.analytics"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        env={**os.environ, "FERMATA_DATABASE_URL": url},
    )
    await process.communicate(_ASKED.model_dump_json().encode())
    if process.returncode != 0:
        raise FermataError(f"the report on paths ended with status {process.returncode}")
    return time.perf_counter() - began
