"""Compares how many cart journeys a second come to their end, and what each costs, with a workflow written by hand."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cli.bench.cart_crowd import CartServers, Crowd, by_fermata, by_hand, cart_servers
from cli.bench.findings import Comparison, Findings, Target, compare
from cli.bench.pairs import Measure, Pair, Tell, each, in_pairs
from cli.bench.sizes import Sizes
from fermata.database import Pool
from fermata.steady_heap import freeze_heap

COMPARES = (
    "Cart journeys from the trigger to their end: a workflow that decides and sends in two activities, beside ours."
)
_BESIDE = "a workflow by hand, which asks one cap and sends"
_CACHED, _FEW_CACHED = 1000, 10
_SO_FAR = """
SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS wal,
       pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS commits
"""


@dataclass(frozen=True)
class _Took:
    """What a crowd of runs took.

    Args:
        rate: Runs a second.
        cpu: Milliseconds of this process a run: worker and client.
        commits: Transactions that wrote something, a run.
        wal: Bytes that Postgres wrote ahead, a run.
    """

    rate: float
    cpu: float
    commits: float
    wal: float


async def bench_journeys(sizes: Sizes, tell: Tell) -> Findings:
    """Measures on embedded servers; worker and client are in this process, whose CPU time is theirs.

    Args:
        sizes: ``pairs`` and ``runs`` are heeded.
        tell: Told how far it is.
    """
    tell("starting the servers", 0, 0)
    async with cart_servers() as servers:
        freeze_heap()  # as every worker
        cached = await _compared(servers, _CACHED, sizes, tell)
        few = await _compared(servers, _FEW_CACHED, sizes, tell)
    return Findings(name="journeys", compares=COMPARES, comparisons=(*cached, *few))


async def _compared(servers: CartServers, cached_runs: int, sizes: Sizes, tell: Tell) -> list[Comparison]:
    what = f"{sizes.runs} runs at once, {cached_runs} cached"
    async with by_hand(servers, cached_runs) as theirs, by_fermata(servers, cached_runs) as ours:
        measures = _measure(theirs, servers.bare, sizes.runs), _measure(ours, servers.ours, sizes.runs)
        pairs = await in_pairs(*measures, pairs=sizes.pairs, what=what, tell=tell)
    targets = cached_runs == _CACHED
    at_least, at_most = Target(direction="at least", bound=0.85), Target(direction="at most", bound=1.3)
    return [
        compare(what, "runs/s", beside=_BESIDE, pairs=each(pairs, _rate), target=at_least if targets else None),
        compare(
            f"CPU of worker and client, {cached_runs} cached",
            "ms a run",
            beside=_BESIDE,
            pairs=each(pairs, _cpu),
            target=at_most if targets else None,
        ),
        *_in_postgres(pairs, cached_runs),
    ]


def _in_postgres(pairs: Sequence[Pair[_Took]], cached_runs: int) -> Iterator[Comparison]:
    for what, figure in (("commits that write", _commits), ("bytes of WAL", _wal)):
        yield compare(f"{what}, {cached_runs} cached", "a run", beside=_BESIDE, pairs=each(pairs, figure))


def _measure(crowd: Crowd, pool: Pool, runs: int) -> Measure[_Took]:
    async def once() -> _Took:
        leave = await crowd(runs)
        before, began, used = await pool.fetchrow(_SO_FAR), time.perf_counter(), time.process_time()
        await leave()
        seconds, cpu = time.perf_counter() - began, time.process_time() - used
        after = await pool.fetchrow(_SO_FAR)
        commits, wal = after["commits"] - before["commits"], float(after["wal"] - before["wal"])
        return _Took(runs / seconds, 1000 * cpu / runs, commits / runs, wal / runs)

    return once


def _rate(took: _Took) -> float:
    return took.rate


def _cpu(took: _Took) -> float:
    return took.cpu


def _commits(took: _Took) -> float:
    return took.commits


def _wal(took: _Took) -> float:
    return took.wal
