"""Compares the routing of one event among a million active runs of other people with the same among a thousand."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from itertools import count
from uuid import UUID

from cli.bench.active_runs import NOW, fill_with_active_runs
from cli.bench.findings import Comparison, Findings, Target, compare
from cli.bench.pairs import Measure, Tell, each, in_pairs
from cli.bench.rate import Work, per_second
from cli.bench.sizes import Sizes
from cli.stack.postgres import Postgres
from fermata.database import Pool, open_pool
from fermata.enrolment import Interest, Moment, histories
from fermata.events import IncomingEvent, parse
from fermata.ingest import Ingest
from fermata.journeys import After, JourneyDefinition, Registry, Trigger

COMPARES = "One event to its run: among many active runs of other people beside among few."
_FEWER = 1000
_NOT_AWAITED = "?synchronous_commit=off"  # a slow disk would hide a slow look-up
_JOURNEY = "cart_recovery"
_CART = JourneyDefinition(
    trigger=Trigger("Product Added"),
    goal="Order Completed",
    listens_to=("Product Viewed",),
    reentry=After(timedelta(days=7)),
)
_REGISTRY = Registry({_JOURNEY: _CART})
_TARGET = Target(direction="at most", bound=1.3)


async def bench_routing(sizes: Sizes, tell: Tell) -> Findings:
    """Measures on an embedded Postgres, with two databases that are full.

    Args:
        sizes: ``pairs``, ``seconds`` and ``rows`` are heeded.
        tell: Told how far it is.
    """
    few, many = max(sizes.rows // _FEWER, 1), sizes.rows
    async with AsyncExitStack() as stack:
        tell("starting Postgres", 0, 0)
        postgres = await stack.enter_async_context(Postgres(durable=True))
        small = await stack.enter_async_context(_filled(postgres, "small", few, tell))
        large = await stack.enter_async_context(_filled(postgres, "large", many, tell))
        comparisons = (
            await _compared("the look-up of a person's runs", _look_up, small, large, (few, many), sizes, tell),
            await _compared("one event through the door to its run", _event, small, large, (few, many), sizes, tell),
        )
    return Findings(name="routing", compares=COMPARES, comparisons=comparisons)


@asynccontextmanager
async def _filled(postgres: Postgres, name: str, runs: int, tell: Tell) -> AsyncIterator[Pool]:
    tell(f"filling a database with {runs:,} active runs", 0, 0)
    url = await postgres.create_database(name)
    await fill_with_active_runs(url, runs)
    async with open_pool(f"{url}{_NOT_AWAITED}", most=2) as pool:
        yield pool


async def _compared(
    what: str,
    work: Callable[[Pool], Awaitable[Work]],
    small: Pool,
    large: Pool,
    runs: tuple[int, int],
    sizes: Sizes,
    tell: Tell,
) -> Comparison:
    measures = [_rate(await work(pool), sizes.seconds) for pool in (small, large)]
    rates = await in_pairs(*measures, pairs=sizes.pairs, what=what, tell=tell)
    milliseconds = each(rates, lambda rate: 1000 / rate)
    few, many = runs
    return compare(f"{what}, {many:,} of others", "ms", beside=f"{few:,}", pairs=milliseconds, target=_TARGET)


async def _look_up(pool: Pool) -> Work:
    """Reads what is on record of a person in a journey, as the door does for each event that a journey awaits."""
    asked, moment = Interest(await _enrolled(pool), _JOURNEY, _CART), Moment(NOW)

    async def once() -> int:
        async with pool.acquire() as connection:
            await histories(connection, [asked], moment)
        return 1

    return once


async def _event(pool: Pool) -> Work:
    """Takes in an event of a person who is in a run: stored, routed and left for the dispatcher, in one transaction."""
    await _enrolled(pool)
    door, number = Ingest(pool, _REGISTRY), count()

    async def once() -> int:
        await door.accept([_incoming("Product Viewed", f"view-{next(number)}")], (), NOW)
        return 1

    return once


async def _enrolled(pool: Pool) -> UUID:
    """Somebody with an active run; again without harm."""
    await Ingest(pool, _REGISTRY).accept([_incoming("Product Added", "added")], (), NOW)
    found: UUID = await pool.fetchval("SELECT profile_id FROM events WHERE message_id = 'added'")
    return found


def _incoming(name: str, message_id: str) -> IncomingEvent:
    call = {"type": "track", "event": name, "userId": "ada", "messageId": message_id}
    return parse(call, received_at=NOW)


def _rate(work: Work, seconds: float) -> Measure[float]:
    async def once() -> float:
        return await per_second([work], seconds)

    return once
