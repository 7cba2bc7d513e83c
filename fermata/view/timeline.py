"""A person's timeline: everything that happened, was decided and was sent, in one order, the newest first."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from fermata.database import Connection, Pool, Queries
from fermata.view.entries import EntryKind, TimelineEntry
from fermata.view.finding import Wanted, find
from fermata.view.shown import Shown
from fermata.view.subject import snapshot
from fermata.view.timeline_cursor import START, TimelineCursor, read_timeline_cursor

_QUERIES = Queries("fermata.view", "timeline.sql")
_ENTRY: TypeAdapter[Any] = TypeAdapter(TimelineEntry)


class TimelinePage(Shown):
    """A page of a timeline."""

    profile_id: UUID
    """Whose it is: the survivor, where the profile that was asked for has been merged."""
    items: tuple[TimelineEntry, ...]
    """The newest first."""
    next_cursor: str | None
    """Give it to get the page after; null on the last page."""


async def read_timeline(
    pool: Pool,
    wanted: UUID | Wanted,
    *,
    kinds: Collection[EntryKind] = (),
    limit: int = 50,
    cursor: str | None = None,
) -> TimelinePage:
    """Returns a page of a person's timeline.

    Whatever was there when the first page was read is on exactly one page. What comes in later is found from the first
    page on again; what came late, in the place where it belongs.

    Args:
        pool: Any.
        wanted: The profile's id, or a name of the person.
        kinds: Only these; all where none is named.
        limit: Entries a page, at least 1.
        cursor: ``next_cursor`` of the page before.

    Raises:
        InvalidEvent: The cursor, or the name, cannot be used.
        NotFound: There is nobody.
    """
    after = read_timeline_cursor(cursor) if cursor is not None else START
    async with snapshot(pool) as connection:
        found = await find(connection, wanted)
        # From each source as many as the page may need of it: each is read by its own index, and no further.
        rows = [
            (_place(kind, row), kind, row)
            for kind in EntryKind
            if not kinds or kind in kinds
            for row in await _read(connection, kind, found.profile_id, after, limit + 1)
        ]
    rows.sort(key=lambda entry: entry[0].order, reverse=True)
    shown = rows[:limit]
    return TimelinePage(
        profile_id=found.profile_id,
        items=tuple(_ENTRY.validate_python({"kind": kind, **row}) for _, kind, row in shown),
        next_cursor=shown[-1][0].to_text() if len(rows) > limit else None,
    )


async def _read(
    connection: Connection, kind: EntryKind, profile_id: UUID, after: TimelineCursor, most: int
) -> list[asyncpg.Record]:
    rows: list[asyncpg.Record] = await connection.fetch(_QUERIES[kind.value], profile_id, *after.bound(kind), most)
    return rows


def _place(kind: EntryKind, row: asyncpg.Record) -> TimelineCursor:
    return TimelineCursor(row["at"], kind, row["id"])
