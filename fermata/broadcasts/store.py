"""Broadcasts in Postgres: opened, read, listed, and brought from one state into another."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from fermata.broadcasts.definition import Broadcast
from fermata.broadcasts.record import BroadcastPage, BroadcastRecord, BroadcastState, Change, progress_of
from fermata.database import Connection, Pool, Queries
from fermata.database.page_cursor import NEWEST, PageCursor, read_cursor
from fermata.errors import NotFound

_QUERIES = Queries("fermata.broadcasts")


async def open_broadcast(
    connection: Connection | Pool,
    broadcast_id: UUID,
    broadcast: Broadcast,
    *,
    workflow_id: str,
    starts_at: datetime,
    first: Change,
) -> None:
    """Writes down a broadcast that begins. Again, it changes nothing.

    Args:
        connection: Any, or the pool.
        broadcast_id: That of its first execution in Temporal.
        broadcast: As it goes out.
        workflow_id: In Temporal.
        starts_at: When the segment is looked at.
        first: Who started it, when, and why.
    """
    await connection.execute(
        _QUERIES["open"],
        broadcast_id,
        broadcast.name,
        broadcast.journey,
        workflow_id,
        broadcast.model_dump(mode="json"),
        starts_at,
        first.at,
        [first.model_dump(mode="json")],
    )


async def find_broadcast(connection: Connection | Pool, broadcast_id: UUID) -> BroadcastRecord:
    """Returns a broadcast, with how far it is.

    Args:
        connection: Any, or the pool.
        broadcast_id: The broadcast.

    Raises:
        NotFound: There is none.
    """
    return _record(await _row(connection, broadcast_id))


async def definition_of(connection: Connection | Pool, broadcast_id: UUID) -> Broadcast:
    """Returns what goes out, as it was when it was started.

    Args:
        connection: Any, or the pool.
        broadcast_id: The broadcast.

    Raises:
        NotFound: There is none.
    """
    return Broadcast.model_validate((await _row(connection, broadcast_id))["definition"])


async def list_broadcasts(
    connection: Connection | Pool, *, limit: int = 20, cursor: str | None = None
) -> BroadcastPage:
    """Lists broadcasts, the newest first.

    Args:
        connection: Any, or the pool.
        limit: Broadcasts a page.
        cursor: The page before's ``next_cursor``.

    Raises:
        InvalidEvent: The cursor cannot be used.
    """
    place = read_cursor(cursor) if cursor is not None else NEWEST
    rows = await connection.fetch(_QUERIES["listed"], *place, limit + 1)
    items = tuple(_record(row) for row in rows[:limit])
    more = len(rows) > limit
    return BroadcastPage(
        items=items, next_cursor=PageCursor(items[-1].created_at, items[-1].id).to_text() if more else None
    )


async def stand(connection: Connection | Pool, broadcast_id: UUID, change: Change) -> None:
    """Brings a broadcast into another state by somebody's word. Again, it changes nothing.

    Args:
        connection: Any, or the pool.
        broadcast_id: The broadcast.
        change: Its new state, who said so, when, and why.
    """
    ended_at = change.at if change.state.is_over else None
    await connection.execute(_QUERIES["stand"], broadcast_id, change.state, [change.model_dump(mode="json")], ended_at)


async def enter_phase(connection: Connection | Pool, broadcast_id: UUID, state: BroadcastState) -> None:
    """Brings a broadcast into its next phase, which nobody has to say.

    Args:
        connection: Any, or the pool.
        broadcast_id: The broadcast.
        state: ``choosing`` or ``entering``.
    """
    await connection.execute(_QUERIES["enter_phase"], broadcast_id, state)


async def _row(connection: Connection | Pool, broadcast_id: UUID) -> Mapping[str, Any]:
    row: Mapping[str, Any] | None = await connection.fetchrow(_QUERIES["find"], broadcast_id)
    if row is None:
        raise NotFound(
            f"no broadcast has the id {broadcast_id}; `fermata broadcast list` shows those that were started"
        )
    return row


def _record(row: Mapping[str, Any]) -> BroadcastRecord:
    broadcast = Broadcast.model_validate(row["definition"])
    return BroadcastRecord(
        id=row["id"],
        name=row["name"],
        journey=row["journey"],
        segment=str(broadcast.segment),
        properties=broadcast.properties,
        local_time=str(broadcast.local_time) if broadcast.local_time is not None else None,
        rate=str(broadcast.rate) if broadcast.rate is not None else None,
        holdout=broadcast.holdout,
        state=row["state"],
        starts_at=row["starts_at"],
        chosen_at=row["chosen_at"],
        ended_at=row["ended_at"],
        created_at=row["created_at"],
        progress=progress_of(row["people"], row["outcomes"], row["waiting"]),
        changes=tuple(Change.model_validate(each) for each in row["changes"]),
        workflow_id=row["workflow_id"],
    )
