"""Compares what people, events, runs, decisions and sends take on Postgres' disk with their rows as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources

from cli.bench.findings import Comparison, Findings, compare
from cli.bench.pairs import Pair, Tell
from cli.bench.recorded_statements import connect_bare
from cli.bench.sizes import Sizes
from cli.bench.storage_rows import fill
from cli.stack.postgres import Postgres
from fermata.database import Connection, Queries, open_pool
from fermata.database.migrate import migrate
from fermata.ledger.policies import put_in_force

COMPARES = "What a row takes on the disk, indexes included, beside itself as JSON."
_QUERIES = Queries("cli.bench", "storage.sql")
_A_PERSON_FOR = 500  # rows of ``sizes``: a person leaves thirty or so
_LEAST = 50
_UNITS = {
    "a person": ("profiles", "identities", "consent_log", "holdouts", "live_traits"),
    "an event": ("events", "message_ids"),
    "a run, with what was left for it": ("journey_runs", "dispatches"),
    "a decision": ("decisions",),
    "a send": ("reservations",),
}
"""The first table of each counts the units, and all of them take the room."""


@dataclass(frozen=True)
class _Table:
    """What a table holds and takes, in bytes."""

    rows: int
    json: int
    bytes: int
    indexes: int


async def bench_storage(sizes: Sizes, tell: Tell) -> Findings:
    """Fills a database by the doors of production, and measures its tables.

    Args:
        sizes: ``rows`` is heeded: a person for each 500.
        tell: Told how far it is.
    """
    people = max(sizes.rows // _A_PERSON_FOR, _LEAST)
    tell("starting Postgres", 0, 0)
    async with Postgres(durable=False) as postgres:
        url = await postgres.create_database("storage")
        await migrate(url)
        connection = await connect_bare(url)
        try:
            empty = await _tables(connection)
            policy = resources.files("cli.bench").joinpath("roomy.toml").read_text(encoding="utf-8")
            await put_in_force(connection, policy, author="fermata bench", at=datetime.now(UTC))
            async with open_pool(url) as pool:
                await fill(pool, people, tell)
            await connection.execute("VACUUM (FULL, ANALYZE)")  # without what updates have left behind
            full = await _tables(connection)
        finally:
            await connection.close()
    grown = {name: table for name, table in full.items() if table.rows > empty[name].rows}
    return Findings(
        name="storage",
        compares=COMPARES,
        comparisons=tuple(_compared(unit, names, grown) for unit, names in _UNITS.items()),
        notes=(
            f"{people:,} people",
            *(_note(name, grown[name]) for name in sorted(grown, key=lambda each: -grown[each].bytes)),
        ),
    )


async def _tables(connection: Connection) -> dict[str, _Table]:
    names = await connection.fetch(_QUERIES["tables"])
    found = {}
    for row in names:
        counted = await connection.fetchrow(await connection.fetchval(_QUERIES["counting"], row["name"]))
        size = await connection.fetchrow(_QUERIES["size"], row["name"])
        found[row["name"]] = _Table(counted["rows"], counted["json"], size["bytes"], size["indexes"])
    return found


def _compared(unit: str, names: tuple[str, ...], grown: Mapping[str, _Table]) -> Comparison:
    tables = [grown[name] for name in names if name in grown]
    units = grown[names[0]].rows
    pair = Pair(sum(each.json for each in tables) / units, sum(each.bytes for each in tables) / units)
    return compare(f"disk for {unit}", "bytes", beside="its rows as JSON", pairs=[pair])


def _note(name: str, table: _Table) -> str:
    each = table.bytes / table.rows
    return f"{name}: {table.rows:,} rows of {each:,.0f} bytes, {table.indexes / table.bytes:.0%} of it indexes"
