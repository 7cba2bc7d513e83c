"""Compares the HTTP ingest with a bare endpoint that inserts one row, and batches of 100 with single events."""

import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from cli.bench.active_runs import fill_with_active_runs
from cli.bench.by_hand.api import TABLE
from cli.bench.findings import Comparison, Findings, Target, compare
from cli.bench.http_sender import HttpSender
from cli.bench.pairs import Measure, Tell, in_pairs
from cli.bench.rate import Work, per_second
from cli.bench.sizes import Sizes
from cli.bench.traffic import Traffic
from cli.stack.child import ChildCommand
from cli.stack.children import Children
from cli.stack.ports import LOOPBACK, free_port
from cli.stack.postgres import Postgres
from cli.stack.waiting import is_listening, until
from fermata.access import first_keys
from fermata.database import open_pool
from fermata.database.migrate import migrate

COMPARES = "POST /v1/track beside a bare endpoint that inserts one row, in batches, and among many active runs."
_FEW, _MANY = 8, 32
_BATCH = 100
_START_LIMIT = timedelta(seconds=60)


@dataclass(frozen=True)
class _Doors:
    """Where both servers listen, and the way in.

    Args:
        api, bare: Ports.
        busy: Port of an API among active runs of others.
        write_key, busy_key: For the two APIs.
    """

    api: int
    bare: int
    busy: int
    write_key: str
    busy_key: str


async def bench_ingest(sizes: Sizes, tell: Tell) -> Findings:
    """Runs ``fermata api`` and the bare endpoint as processes on one embedded Postgres that writes to the disk.

    Args:
        sizes: ``pairs``, ``seconds`` and ``rows`` are heeded.
        tell: Told how far it is.
    """
    async with _doors(sizes.rows, tell) as doors:
        traffic = await _known(doors.api, doors.write_key)
        comparisons = [await _beside_bare(doors, traffic, number, sizes, tell) for number in (_FEW, _MANY)]
        comparisons.append(await _batch_beside_single(doors, traffic, sizes, tell))
        comparisons.append(await _busy_beside_quiet(doors, traffic, sizes, tell))
    return Findings(
        name="ingest",
        compares=COMPARES,
        comparisons=tuple(comparisons),
        notes=("connections are kept open; people who are known already",),
    )


async def _beside_bare(doors: _Doors, traffic: Traffic, number: int, sizes: Sizes, tell: Tell) -> Comparison:
    """Single events by some connections at once. The more come in at once, the more of them share a transaction."""
    what = f"/v1/track, {number} connections"
    async with _connected(doors.bare, number) as to_bare, _connected(doors.api, number) as to_api:
        bare = _rate([partial(traffic.send_bare, sender) for sender in to_bare], sizes.seconds)
        single = _rate([partial(traffic.send_single, sender) for sender in to_api], sizes.seconds)
        pairs = await in_pairs(bare, single, pairs=sizes.pairs, what=what, tell=tell)
    target = Target(direction="at least", bound=0.5) if number == _MANY else None
    return compare(what, "requests/s", beside="a bare endpoint inserts one row", pairs=pairs, target=target)


async def _batch_beside_single(doors: _Doors, traffic: Traffic, sizes: Sizes, tell: Tell) -> Comparison:
    """One connection, one request after the other: what a batch costs, in single calls that share nothing."""
    what = f"/v1/batch of {_BATCH}, one after the other"
    async with _connected(doors.api, 1) as (sender,):
        single = _rate([partial(traffic.send_single, sender)], sizes.seconds)
        batch = _rate([partial(traffic.send_batch, sender, _BATCH)], sizes.seconds)
        pairs = await in_pairs(single, batch, pairs=sizes.pairs, what=what, tell=tell)
    target = Target(direction="at least", bound=8)
    return compare(what, "events/s", beside="/v1/track, one after the other", pairs=pairs, target=target)


async def _busy_beside_quiet(doors: _Doors, traffic: Traffic, sizes: Sizes, tell: Tell) -> Comparison:
    """Single events where many others have a run, and where nobody has."""
    what = f"/v1/track, {_MANY} connections, {sizes.rows:,} active runs of others"
    in_the_crowd = await _known(doors.busy, doors.busy_key)
    async with _connected(doors.api, _MANY) as to_quiet, _connected(doors.busy, _MANY) as to_busy:
        quiet = _rate([partial(traffic.send_single, sender) for sender in to_quiet], sizes.seconds)
        busy = _rate([partial(in_the_crowd.send_single, sender) for sender in to_busy], sizes.seconds)
        pairs = await in_pairs(quiet, busy, pairs=sizes.pairs, what=what, tell=tell)
    target = Target(direction="at least", bound=0.9)
    return compare(what, "requests/s", beside="no active run", pairs=pairs, target=target)


async def _known(port: int, write_key: str) -> Traffic:
    """Traffic of people whom an API knows."""
    traffic = Traffic(write_key)
    async with _connected(port, 1) as senders:
        await traffic.send_everybody(senders[0])
    return traffic


@asynccontextmanager
async def _doors(runs: int, tell: Tell) -> AsyncIterator[_Doors]:
    children = Children()
    async with AsyncExitStack() as stack:
        tell("starting Postgres", 0, 0)
        postgres = await stack.enter_async_context(Postgres(durable=True))
        write_key = await _prepare(postgres.dsn)
        tell(f"filling a database with {runs:,} active runs", 0, 0)
        crowded = await postgres.create_database("busy")
        await fill_with_active_runs(crowded, runs)
        busy_key = await _prepare(crowded)
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fermata-bench-")))
        stack.push_async_callback(children.stop)
        api = await _served(children, logs, postgres.dsn, "api", "cli", "api")
        bare = await _served(children, logs, postgres.dsn, "bare-api", "cli.bench.by_hand.api")
        busy = await _served(children, logs, crowded, "busy-api", "cli", "api")
        yield _Doors(api, bare, busy, write_key, busy_key)


async def _prepare(database_url: str) -> str:
    """Makes the schema, and a key to send events with."""
    await migrate(database_url)
    async with open_pool(database_url, most=1) as pool, pool.acquire() as connection:
        await connection.execute(TABLE)
        return (await first_keys(connection))["write"]


async def _served(children: Children, logs: Path, database_url: str, name: str, module: str, *arguments: str) -> int:
    """Starts a server, and returns its port once it listens."""
    port = free_port()
    child = await children.start(
        ChildCommand(
            name=name,
            arguments=(sys.executable, "-m", module, *arguments),
            log=logs / f"{name}.log",
            environment={
                **os.environ,
                "FERMATA_DATABASE_URL": database_url,
                "FERMATA_API_HOST": LOOPBACK,
                "FERMATA_API_PORT": str(port),
                "FERMATA_JOURNEYS": "workflows.cart_recovery",  # whatever else ships: figures of two days compare
            },
        )
    )

    async def listens_or_ended() -> bool:
        return child.status is not None or await is_listening(port)

    if not await until(listens_or_ended, limit=_START_LIMIT) or child.status is not None:
        raise child.failure(f"does not listen on port {port}")
    return port


@asynccontextmanager
async def _connected(port: int, number: int) -> AsyncIterator[list[HttpSender]]:
    async with AsyncExitStack() as stack:
        senders = []
        for _ in range(number):
            senders.append(await HttpSender.connect(port))
            stack.push_async_callback(senders[-1].close)
        yield senders


def _rate(workers: list[Work], seconds: float) -> Measure[float]:
    async def once() -> float:
        return await per_second(workers, seconds)

    return once
