"""Lets many messages fall due in one moment at a provider with a limit, and looks at what the provider sees."""

import resource
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from activities.sends import Sends
from cli.bench.arrivals import Arrival, most_in_a_second, per_second, urgent_among_the_first
from cli.bench.findings import Findings, Target, compare
from cli.bench.herd_run import Herd, Share
from cli.bench.pairs import Pair, Tell
from cli.bench.sizes import Sizes
from cli.bench.stand_ins import provider_of_its_own
from cli.stack.postgres import Postgres
from cli.stack.temporal_server import TemporalServer
from cli.stack.waiting import until
from fermata.channels import Carriers, Enlisted, Health, HttpProvider, Roster, Templates
from fermata.clock import SystemClock
from fermata.database import Pool, Queries, open_pool
from fermata.database.migrate import migrate
from fermata.errors import Unavailable
from fermata.profiles.consent_links import NO_LINKS
from fermata.vocabulary import Channel
from worker.plugin import fermata_plugin
from worker.workers import send_worker
from workflows.discovery import discover
from workflows.sending import send_queue

COMPARES = "Messages that all fall due in one moment, at a provider that takes so many a second."
_QUERIES = Queries("cli.bench", "herd_rows.sql")
_SHARE = 100  # sends of one run: many at once, and its history stays short
_LIMIT = timedelta(seconds=60)
_QUEUE = "herd-journeys"


@dataclass(frozen=True)
class _Parts:
    client: Client
    pool: Pool
    provider: httpx.AsyncClient
    roster: Roster


async def bench_herd(sizes: Sizes, tell: Tell) -> Findings:
    """Measures on embedded servers; the worker of the sends is in this process, the provider in one of its own.

    Args:
        sizes: ``messages`` and ``limit`` are heeded.
        tell: Told how far it is.
    """
    async with _parts(sizes, tell) as parts:
        held_before, held_after = await _drive(parts, sizes, tell)
        arrivals = await _arrivals(parts.provider)
    limit, rate = float(sizes.limit), per_second(arrivals)
    near, below = Target(direction="at least", bound=0.95), Target(direction="at most", bound=1.0)
    first = urgent_among_the_first(arrivals)
    grown = Target(direction="at most", bound=1.1)
    of = f"{sizes.messages:,} at once"
    comparisons = (
        compare(f"messages/s, {of}", "1/s", beside="the limit", pairs=[Pair(limit, rate)], target=near),
        compare(
            f"most in any second, {of}",
            "messages",
            beside="the limit",
            pairs=[Pair(limit, float(most_in_a_second(arrivals)))],
            target=below,
        ),
        compare("urgent among the first", "share", beside="all of them", pairs=[Pair(1.0, first)], target=near),
        compare(
            "memory of the worker at the end",
            "bytes",
            beside="a tenth sent",
            pairs=[Pair(float(held_before), float(held_after))],
            target=grown,
        ),
    )
    seen = (
        f"{len(arrivals):,} messages arrived, each once" if len(arrivals) == sizes.messages else "MESSAGES ARE MISSING"
    )
    return Findings(name="herd", compares=COMPARES, comparisons=comparisons, notes=(seen,))


@asynccontextmanager
async def _parts(sizes: Sizes, tell: Tell) -> AsyncIterator[_Parts]:
    async with AsyncExitStack() as stack:
        tell("starting the servers", 0, 0)
        postgres = await stack.enter_async_context(Postgres(durable=False))
        temporal = await stack.enter_async_context(TemporalServer())
        provider = await stack.enter_async_context(provider_of_its_own())
        url = await postgres.create_database("herd")
        await migrate(url)
        pool = await stack.enter_async_context(open_pool(url))
        await _fill(pool, sizes.messages)
        client = await Client.connect(temporal.address, plugins=[fermata_plugin()])
        push = HttpProvider(Channel.PUSH, f"{provider}/push", name="limited")
        roster = await stack.enter_async_context(Roster([Enlisted(push, rate=float(sizes.limit))]))
        asking = await stack.enter_async_context(httpx.AsyncClient(base_url=provider, timeout=_LIMIT.total_seconds()))
        yield _Parts(client, pool, asking, roster)


async def _fill(pool: Pool, messages: int) -> None:
    await pool.execute(_QUERIES["profiles"], messages, datetime.now(UTC))
    for table in ("events", "runs", "decisions", "reservations"):
        await pool.execute(_QUERIES[table])
    await pool.execute("VACUUM (ANALYZE)")


async def _drive(parts: _Parts, sizes: Sizes, tell: Tell) -> tuple[int, int]:
    """Lets all fall due, and then lets the worker at them. Returns its memory when a tenth is sent, and at the end."""
    due = await parts.pool.fetch(_QUERIES["due"])
    sends = Sends(
        parts.pool,
        Carriers(parts.roster, Health(parts.pool, parts.roster)),
        Templates(discover(("workflows",)).template_roots),
        SystemClock(),
        NO_LINKS,
    )
    async with Worker(parts.client, task_queue=_QUEUE, workflows=[Herd], max_cached_workflows=1000):
        runs = [
            await _start(parts.client, [row["id"] for row in part if row["priority"] == 0], _urgent(part), number)
            for number, part in enumerate(due[at : at + _SHARE] for at in range(0, len(due), _SHARE))
        ]
        await _all_are_due(runs, tell)
    # The runs stand still from here on: what is measured is the sends, and what a run does next is no part of them.
    async with send_worker(parts.client, sends, Channel.PUSH, rate=parts.roster.rates[Channel.PUSH], queue=_QUEUE):
        await _sent(parts.pool, sizes.messages // 10, sizes.messages, tell)
        held = _memory()
        await _sent(parts.pool, sizes.messages, sizes.messages, tell)
        return held, _memory()


def _urgent(part: Sequence[dict[str, object]]) -> list[UUID]:
    return [row["id"] for row in part if row["priority"] != 0]  # type: ignore[misc]


async def _start(client: Client, patient: list[UUID], urgent: list[UUID], number: int) -> WorkflowHandle[Herd, int]:
    share = Share(
        queue=send_queue(_QUEUE, Channel.PUSH), urgent=tuple(urgent), patient=tuple(patient), asked_at=datetime.now(UTC)
    )
    return await client.start_workflow(Herd.run, share, id=f"herd/{number}", task_queue=_QUEUE)


async def _all_are_due(runs: Sequence[WorkflowHandle[Herd, int]], tell: Tell) -> None:
    """Waits until every send is in its queue."""
    for number, run in enumerate(runs):

        async def scheduled(handle: WorkflowHandle[Herd, int] = run) -> bool:
            return bool((await handle.describe()).raw_description.pending_activities)

        tell("letting all fall due", number, len(runs))
        if not await until(scheduled, limit=_LIMIT):
            raise Unavailable(f"the run {run.id} did not ask for its sends")


async def _sent(pool: Pool, wanted: int, of: int, tell: Tell) -> None:
    async def so_many() -> bool:
        done = await pool.fetchval("SELECT count(*) FROM reservations WHERE state = 'sent'")
        tell("sending", done, of)
        return bool(done >= wanted)

    if not await until(so_many, limit=timedelta(minutes=9), every=timedelta(milliseconds=500)):
        raise Unavailable(f"fewer than {wanted} of {of} messages were sent within nine minutes")


async def _arrivals(provider: httpx.AsyncClient) -> list[Arrival]:
    answer = await provider.get("/v1/messages")
    return [
        Arrival(datetime.fromisoformat(each["first_seen_at"]), each["key"].startswith("urgent:"))
        for each in answer.json()["messages"]
    ]


def _memory() -> int:
    """The most memory in bytes that this process has held so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
