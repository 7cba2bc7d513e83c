"""All that is kept of a person, in full, as one JSON document that is written while it is read."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import orjson

from fermata.database import Connection, Pool, Queries
from fermata.view.finding import Found, Wanted, find
from fermata.view.subject import snapshot

_QUERIES = Queries("fermata.view", "export.sql")
_POINTING = Queries("fermata.view", "pointing.sql")
_CHUNK = 64 * 1024  # bytes
_ROWS_AT_A_TIME = 200


async def export_profile(pool: Pool, wanted: UUID | Wanted, now: datetime) -> AsyncGenerator[bytes]:
    """Yields one JSON document: every row of every table that is about the person, addresses in full.

    ``{"profile_id": …, "exported_at": …, "<table>": [row, …], …}``, all of it as of one instant, in constant memory.
    Errors come before the first piece.

    Args:
        pool: One connection is held until the end.
        wanted: The profile's id, or a name of the person.
        now: The present instant, aware.

    Raises:
        InvalidEvent: The name cannot be one of its kind.
        NotFound: There is nobody.
    """
    async with snapshot(pool) as connection:
        found = await find(connection, wanted)
        await connection.execute("SET LOCAL TimeZone = 'UTC'")  # instants are written as the session's zone has them
        yield _beginning(found, now)
        chunk = bytearray()
        for table, statement in (await statements(connection)).items():
            chunk += f',\n"{table}":['.encode()
            async for piece in _rows(connection, statement, found.profile_id):
                chunk += piece
                if len(chunk) >= _CHUNK:
                    yield bytes(chunk)
                    chunk.clear()
            chunk += b"]"
        yield bytes(chunk + b"}\n")


def _beginning(found: Found, now: datetime) -> bytes:
    """The document's first fields, without its closing brace."""
    asked_for = str(found.asked_for) if found.asked_for is not None else None
    fields = {"profile_id": str(found.profile_id), "asked_for": asked_for, "exported_at": now.astimezone(UTC)}
    return orjson.dumps(fields).removesuffix(b"}")


async def statements(connection: Connection) -> Mapping[str, str]:
    """What the export reads, a statement a table: those with one of their own, and all that point to a profile.

    Postgres itself says which those are. A table that is added with a foreign key to profiles is in the export by
    that alone: none can be forgotten.

    Args:
        connection: Any.
    """
    tables = await connection.fetch(_POINTING["to_profiles"])
    return {"profiles": _QUERIES["profiles"], **{table["name"]: _of(table) for table in tables}, **_QUERIES}


def _of(table: asyncpg.Record) -> str:
    """The rows of a table that point to the profile. All names in it are the schema's own."""
    condition = " OR ".join(f'"{column}" = $1' for column in table["columns"])
    order = ", ".join(f'"{column}"' for column in table["key"])
    return f"SELECT to_jsonb(t)::text FROM {table['name']} t WHERE {condition} ORDER BY {order}"  # noqa: S608


async def _rows(connection: Connection, statement: str, profile_id: UUID) -> AsyncIterator[bytes]:
    before = b"\n"
    async for row in connection.cursor(statement, profile_id, prefetch=_ROWS_AT_A_TIME):
        yield before + row[0].encode()
        before = b",\n"
