"""Compares decide-and-reserve in a large ledger with a small one, and with the same statements sent by pgbench."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from cli.bench.findings import Comparison, Findings, Target, compare
from cli.bench.ledger_rows import Person, fill, people, people_named
from cli.bench.pairs import Measure, Tell, each, in_pairs
from cli.bench.pgbench import PgBench, find_pgbench, person_id, script_of
from cli.bench.plan import plan_notes
from cli.bench.rate import Work, per_second
from cli.bench.recorded_statements import RecordedDecision, connect_bare, decide_next, record
from cli.bench.sizes import Sizes
from cli.stack.postgres import Postgres
from fermata.database import Pool, open_pool
from fermata.database.migrate import migrate
from fermata.ledger import Policies
from fermata.ledger.policies import put_in_force

COMPARES = "Decide and reserve: a large ledger beside a small one, and beside the same statements by pgbench."
_SMALL = 10_000
_SMALLER = 100  # times, at least
_SPREAD = 128  # people; more than work at once, so that nobody waits for another's lock
_MOST = 64
_NOT_AWAITED = "?synchronous_commit=off"
_CONCURRENT = ((1, False), (4, False), (4, True), (16, False), (16, True), (64, False), (64, True))


@dataclass(frozen=True)
class _Ledger:
    """A database that is full, with the policy in force."""

    url: str
    pool: Pool
    policies: Policies


async def bench_ledger(sizes: Sizes, tell: Tell) -> Findings:
    """Measures on an embedded Postgres that writes to the disk for real.

    Args:
        sizes: ``pairs``, ``seconds`` and ``rows`` are heeded.
        tell: Told how far it is.
    """
    few, many = min(_SMALL, sizes.rows // _SMALLER), sizes.rows
    async with AsyncExitStack() as stack:
        tell("starting Postgres", 0, 0)
        postgres = await stack.enter_async_context(Postgres(durable=True))
        small = await stack.enter_async_context(_filled(postgres, "small", few, tell))
        large = await stack.enter_async_context(_filled(postgres, "large", many, tell))
        comparisons = [
            await _growth(small, large, (few, many), sizes, tell, awaited=True),
            await _growth(small, large, (few, many), sizes, tell, awaited=False),
        ]
        recorded = await _record(large)
        script = Path(stack.enter_context(TemporaryDirectory())) / "decision.sql"
        script.write_text(await script_of(large.url, recorded), encoding="utf-8")
        program = find_pgbench()
        for number, (workers, hot) in enumerate(_CONCURRENT):
            bare = PgBench(program, script, large.url, first=number * _SPREAD, people=1 if hot else _SPREAD)
            comparisons.append(await _beside_pgbench(large, bare, workers, sizes, tell))
        notes = await plan_notes(large.url, recorded)
    return Findings(name="ledger", compares=COMPARES, comparisons=tuple(comparisons), notes=notes)


@asynccontextmanager
async def _filled(postgres: Postgres, name: str, exposures: int, tell: Tell) -> AsyncIterator[_Ledger]:
    tell(f"filling a ledger with {exposures:,} exposures", 0, 0)
    url = await postgres.create_database(name)
    await migrate(url)
    connection = await connect_bare(url)
    try:
        await put_in_force(connection, _policy(), author="fermata bench", at=datetime.now(UTC))
        await fill(connection, exposures)
    finally:
        await connection.close()
    async with open_pool(url, most=_MOST) as pool:
        yield _Ledger(url, pool, Policies())


def _policy() -> str:
    return resources.files("cli.bench").joinpath("roomy.toml").read_text(encoding="utf-8")


async def _growth(
    small: _Ledger, large: _Ledger, exposures: tuple[int, int], sizes: Sizes, tell: Tell, *, awaited: bool
) -> Comparison:
    """One profile, one attempt after the other, in both ledgers. The disk, if awaited, hides much of the rest."""
    what = f"one profile, {exposures[1]:,} exposures of others"
    if not awaited:
        what += ", the disk not awaited"
    async with AsyncExitStack() as stack:
        measures = []
        for ledger in (small, large):
            url = ledger.url if awaited else ledger.url + _NOT_AWAITED
            pool = await stack.enter_async_context(open_pool(url, most=1))
            measures.append(_ours(_Ledger(url, pool, ledger.policies), await people(pool, 1), 1, sizes.seconds))
        rates = await in_pairs(*measures, pairs=sizes.pairs, what=what, tell=tell)
    return compare(
        what,
        "ms a decision",
        beside=f"{exposures[0]:,}",
        pairs=each(rates, lambda rate: 1000 / rate),
        target=Target(direction="at most", bound=1.3),
    )


async def _record(ledger: _Ledger) -> RecordedDecision:
    async with open_pool(ledger.url, most=1) as pool:
        (person,) = await people(pool, 1)
        return await record(pool, ledger.policies, person)


async def _beside_pgbench(ledger: _Ledger, bare: PgBench, workers: int, sizes: Sizes, tell: Tell) -> Comparison:
    hot = bare.people == 1
    what = f"{workers} at once, " + ("all on one profile" if hot else "spread over profiles")
    ours = await people(ledger.pool, bare.people)
    await people_named(ledger.pool, [person_id(bare.first + number) for number in range(bare.people)])

    async def theirs() -> float:
        return await bare.rate(workers, sizes.seconds)

    pairs = await in_pairs(theirs, _ours(ledger, ours, workers, sizes.seconds), pairs=sizes.pairs, what=what, tell=tell)
    asked = Target(direction="at least", bound=0.4) if (workers, hot) == (16, False) else None
    return compare(what, "transactions/s", beside="the same statements by pgbench", pairs=pairs, target=asked)


def _ours(ledger: _Ledger, whom: Sequence[Person], workers: int, seconds: float) -> Measure[float]:
    turns = cycle(whom)

    async def decide() -> int:
        await decide_next(ledger.pool, ledger.policies, next(turns))
        return 1

    return _rate([decide] * workers, seconds)


def _rate(workers: Sequence[Work], seconds: float) -> Measure[float]:
    async def once() -> float:
        return await per_second(workers, seconds)

    return once
