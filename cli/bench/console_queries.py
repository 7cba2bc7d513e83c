"""What pages ask of the database: each query with what it took, and the scans by which Postgres answers it."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import orjson

from cli.bench.plan import scans
from fermata.database import Pool, Queries

_FEW = 1_000
_SMALL = "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples < $1"


@dataclass(frozen=True)
class Asked:
    """One query.

    Args:
        text: SQL.
        arguments: As they were bound.
        took: Milliseconds.
    """

    text: str
    arguments: tuple[Any, ...]
    took: float


class QueryWatch:
    """Writes down what goes to Postgres over a pool.

    Args:
        pool: Any.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._asked: list[Asked] = []
        self._names = dict(_names(resources.files("fermata"), "fermata"))

    def note(self, record: Any) -> None:  # noqa: ANN401 - asyncpg has no types
        """Takes one query in, as asyncpg tells it; what asyncpg asks for itself is none of a room's, and left out."""
        if record.query in self._names:
            self._asked.append(Asked(record.query, tuple(record.args), record.elapsed * 1000))

    def forget(self) -> tuple[Asked, ...]:
        """Returns what was asked since the last time."""
        asked, self._asked = tuple(self._asked), []
        return asked

    async def explained(self, asked: Sequence[Asked]) -> str:
        """Says how Postgres finds the rows of queries, in words.

        Args:
            asked: The queries; one that was asked several times is told once.
        """
        told = []
        async with self._pool.acquire() as connection:
            few = {row["relname"] for row in await connection.fetch(_SMALL, _FEW)}
            for each in {each.text: each for each in asked}.values():
                plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {each.text}", *each.arguments)
                nodes = (
                    node
                    for node in scans(orjson.loads(plan)[0]["Plan"])
                    if "Relation Name" in node or "Index Name" in node
                )
                ways = sorted({_way(node) for node in nodes if node.get("Relation Name") not in few})
                told.append(f"{self._names[each.text]} {each.took:.1f} ms ({', '.join(ways) or 'small tables'})")
        self.forget()
        return "; ".join(told)


@asynccontextmanager
async def watching(pool: Pool, connections: int) -> AsyncIterator[QueryWatch]:
    """Watches a pool.

    Args:
        pool: Nobody else uses it yet.
        connections: The most that it holds.
    """
    watch = QueryWatch(pool)
    async with AsyncExitStack() as stack:
        for _ in range(connections):
            (await stack.enter_async_context(pool.acquire())).add_query_logger(watch.note)
    yield watch


def _way(node: dict[str, Any]) -> str:
    if "Index Name" in node:
        return f"{node['Node Type'].lower()} {node['Index Name']}"
    return f"{node['Node Type'].lower()} {node.get('Relation Name', '')}".rstrip()


def _names(folder: Traversable, package: str) -> Iterator[tuple[str, str]]:
    """The names of all statements of the rooms, by their texts."""
    for each in folder.iterdir():
        if each.is_dir() and not each.name.startswith((".", "_")):
            yield from _names(each, f"{package}.{each.name}")
        elif each.name.endswith(".sql"):
            yield from ((text, name) for name, text in Queries(package, each.name).items())
