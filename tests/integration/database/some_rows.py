"""Puts rows into every table of a database, whatever its schema is: it asks the catalogue what fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import uuid4

import asyncpg

_ROWS = 3
_NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
_PLAIN: Mapping[str, Any] = {
    "bigint": 1,
    "boolean": True,
    "bytea": b"bytes",
    "double precision": 0.5,
    "integer": 1,
    "interval": timedelta(days=1),
    "jsonb": {},
    "numeric": Decimal(1),
    "smallint": 1,
    "text[]": ["word"],
    "timestamp with time zone": _NOW,
}
_COLUMNS = """
SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, NULL) AS type, a.attnotnull AS needed,
       r.relname AS of_table, ra.attname AS of_column
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum]
LEFT JOIN pg_class r ON r.oid = k.confrelid
LEFT JOIN pg_attribute ra ON ra.attrelid = r.oid AND ra.attnum = k.confkey[1]
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
  AND c.relname <> 'alembic_version' AND a.attidentity = '' AND NOT a.atthasdef
ORDER BY c.relname, a.attnum
"""


@dataclass(frozen=True)
class _Column:
    """One column; ``of_table`` and ``of_column`` where it refers to another row."""

    table: str
    name: str
    type: str
    needed: bool
    of_table: str | None
    of_column: str | None


async def counted(connection: asyncpg.Connection) -> dict[str, int]:
    """How many rows each table has."""
    names = {column.table for column in await _columns(connection)}
    return {name: await connection.fetchval(f'SELECT count(*) FROM "{name}"') for name in sorted(names)}  # noqa: S608


async def fill(connection: asyncpg.Connection) -> None:
    """Puts rows into each table that has none, those first that others refer to.

    Raises:
        AssertionError: A table refers to others that cannot be filled.
    """
    rows = await counted(connection)
    by_table = {name: list(each) for name, each in groupby(await _columns(connection), lambda column: column.table)}
    waiting = [name for name in by_table if rows[name] == 0]
    while waiting:
        ready = [name for name in waiting if not {each.of_table for each in by_table[name]} & (set(waiting) - {name})]
        assert ready, f"{waiting} refer to each other"
        for name in ready:
            for number in range(_ROWS):
                if not await _put(connection, by_table[name], number):
                    break
        waiting = [name for name in waiting if name not in ready]


async def _columns(connection: asyncpg.Connection) -> list[_Column]:
    return [_Column(**row) for row in await connection.fetch(_COLUMNS)]


async def _put(connection: asyncpg.Connection, columns: Sequence[_Column], number: int) -> bool:
    """Puts one row in; False where the table takes no more of its kind."""
    values = [await _value(connection, column, number) for column in columns]
    names = ", ".join(f'"{column.name}"' for column in columns)
    places = ", ".join(f"${place}" for place in range(1, len(values) + 1))
    try:
        await connection.execute(f'INSERT INTO "{columns[0].table}" ({names}) VALUES ({places})', *values)  # noqa: S608
    except (asyncpg.UniqueViolationError, asyncpg.CheckViolationError):
        return number > 0 or await _refused(columns[0].table)
    return True


async def _refused(table: str) -> bool:
    raise AssertionError(f"no row could be made up for {table}; say here what it takes")


async def _value(connection: asyncpg.Connection, column: _Column, number: int) -> Any:
    if column.of_table is not None:
        if column.of_table == column.table:
            return None
        there = f'SELECT "{column.of_column}" FROM "{column.of_table}" ORDER BY 1 LIMIT 1 OFFSET $1'  # noqa: S608
        return await connection.fetchval(there, number) or await connection.fetchval(there, 0)
    if not column.needed:
        return None
    if column.type == "uuid":
        return uuid4()
    value = _PLAIN.get(column.type, f"{column.name}-{number}")
    return bytes([number]) * 32 if value == b"bytes" else value
