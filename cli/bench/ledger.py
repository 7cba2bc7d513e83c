"""Compares decide-and-reserve in a large ledger with a small one, and with the same statements sent bare."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from itertools import cycle

from cli.bench.findings import Comparison, Findings, Target, compare
from cli.bench.ledger_rows import Person, fill, people
from cli.bench.pairs import Measure, Tell, each, in_pairs
from cli.bench.plan import plan_notes
from cli.bench.rate import Work, per_second
from cli.bench.recorded_statements import BareStatements, RecordedDecision, connect_bare, decide_next, record
from cli.bench.sizes import Sizes
from cli.stack.postgres import Postgres
from fermata.database import Pool, open_pool
from fermata.database.migrate import migrate
from fermata.ledger import Policies
from fermata.ledger.policies import put_in_force

COMPARES = "Decide and reserve: a large ledger beside a small one, and beside the same statements bare."
_SMALLER = 100
_SPREAD = 32  # people; more than work at once, so that nobody waits for another's lock
_MOST = 16
_NOT_AWAITED = "?synchronous_commit=off"
_CONCURRENT = ((1, False), (4, False), (4, True), (16, False), (16, True))


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
    few, many = max(sizes.rows // _SMALLER, 1), sizes.rows
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
        for workers, hot in _CONCURRENT:
            comparisons.append(await _beside_bare(large, recorded, workers, sizes, tell, hot=hot))
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


async def _beside_bare(
    ledger: _Ledger, recorded: RecordedDecision, workers: int, sizes: Sizes, tell: Tell, *, hot: bool
) -> Comparison:
    what = f"{workers} at once, " + ("all on one profile" if hot else "spread over profiles")
    number = 1 if hot else _SPREAD
    ours, theirs = await people(ledger.pool, number), await people(ledger.pool, number)
    async with AsyncExitStack() as stack:
        connections = []
        for _ in range(workers):
            connections.append(await connect_bare(ledger.url))
            stack.push_async_callback(connections[-1].close)
        bare = [
            BareStatements(connection, recorded, theirs if hot else theirs[index::workers])
            for index, connection in enumerate(connections)
        ]
        pairs = await in_pairs(
            _rate([each.send for each in bare], sizes.seconds),
            _ours(ledger, ours, workers, sizes.seconds),
            pairs=sizes.pairs,
            what=what,
            tell=tell,
        )
    asked = Target(direction="at least", bound=0.4) if (workers, hot) == (16, False) else None
    beside = "the same statements, prepared, by asyncpg"
    return compare(what, "transactions/s", beside=beside, pairs=pairs, target=asked)


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
