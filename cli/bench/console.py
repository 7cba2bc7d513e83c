"""Compares the console's pages on many people with the same on few, and says how each of their queries finds rows."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import httpx

from api.application import create_app
from api.console.guard import Cookie
from cli.bench.console_queries import QueryWatch, watching
from cli.bench.console_rows import fill
from cli.bench.findings import Comparison, Findings, Target, compare
from cli.bench.pairs import Tell, in_pairs
from cli.bench.sizes import Sizes
from cli.stack.postgres import Postgres
from fermata.access import first_keys
from fermata.access.sessions import open_session
from fermata.database import open_pool
from fermata.database.migrate import migrate
from fermata.errors import FermataError
from workflows.discovery import Journeys, discover

COMPARES = "The console's pages: on many people beside on few, and how their queries find rows."
_FEWER = 100
_AT_ONCE = 4  # queries of one page
_TARGET = Target(of="ours", direction="at most", bound=200)  # ms


@dataclass(frozen=True)
class _Console:
    """A console over a database that is full.

    Args:
        client: Of somebody who is logged in.
        watch: Writes down what its pages ask of the database.
        pages: All of them.
    """

    client: httpx.AsyncClient
    watch: QueryWatch
    pages: Sequence[str]

    async def visit(self, page: str) -> float:
        """Loads a page. Returns how many milliseconds it took, from the request to the last byte."""
        began = time.perf_counter()
        answer = await self.client.get(f"/console{page}")
        took = (time.perf_counter() - began) * 1000
        if answer.status_code not in (200, 303):
            raise FermataError(f"/console{page} answered {answer.status_code}: {answer.text[:300]}")
        return took


async def bench_console(sizes: Sizes, tell: Tell) -> Findings:
    """Measures on an embedded Postgres whose tables lie in memory where there is room.

    Args:
        sizes: ``pairs`` and ``rows`` are heeded: so many people.
        tell: Told how far it is.
    """
    few, many = max(sizes.rows // _FEWER, 20), sizes.rows
    journeys = discover(("workflows",))
    async with AsyncExitStack() as stack:
        tell("starting Postgres", 0, 0)
        postgres = await stack.enter_async_context(Postgres(durable=False))
        small = await stack.enter_async_context(_opened(postgres, "few", few, journeys, tell))
        large = await stack.enter_async_context(_opened(postgres, "many", many, journeys, tell))
        comparisons, notes = [], []
        for ours, theirs in zip(large.pages, small.pages, strict=True):
            large.watch.forget()
            first = await large.visit(ours)
            asked = large.watch.forget()
            comparisons.append(await _compared((small, theirs), (large, ours), (few, many), sizes, tell))
            notes.append(f"{_called(ours)}, {first:.0f} ms at its first call: {await large.watch.explained(asked)}")
    return Findings(name="console", compares=COMPARES, comparisons=tuple(comparisons), notes=tuple(notes))


@asynccontextmanager
async def _opened(
    postgres: Postgres, name: str, people: int, journeys: Journeys, tell: Tell
) -> AsyncIterator[_Console]:
    tell(f"writing {people:,} people", 0, 0)
    url = await postgres.create_database(name)
    await migrate(url)
    pages = await fill(url, people, list(journeys.classes))
    async with open_pool(url, most=_AT_ONCE) as pool:
        async with pool.acquire() as connection:
            keys = await first_keys(connection)
        session = await open_session(pool, keys["admin"], datetime.now(UTC))
        app = create_app(pool=pool, registry=journeys.registry, discovered=journeys, database_url=url)
        async with (
            watching(pool, _AT_ONCE) as watch,
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app),
                base_url="http://console",
                cookies={Cookie(secure=False).name: session},
                timeout=600,
            ) as client,
        ):
            yield _Console(client, watch, pages)


async def _compared(
    theirs: tuple[_Console, str], ours: tuple[_Console, str], people: tuple[int, int], sizes: Sizes, tell: Tell
) -> Comparison:
    (small, its_page), (large, page), (few, many) = theirs, ours, people
    what = _called(page)
    measures = partial(small.visit, its_page), partial(large.visit, page)
    pairs = await in_pairs(*measures, pairs=sizes.pairs, what=what, tell=tell, warm_up=False)
    return compare(f"{what}, {many:,} people", "ms", beside=f"{few:,}", pairs=pairs, target=_TARGET)


def _called(page: str) -> str:
    """A page without the id of whom it is about, which says nothing to anybody."""
    parts = ["…" if len(part) > 30 and "?" not in part else part for part in page.split("/")]
    return "/".join(parts) or "/"
