"""The inbox: what a profile finds when it looks, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from fermata.database import AWAY, Connection, Pool, Queries
from fermata.database.page_cursor import PageCursor, read_cursor
from fermata.errors import InvalidEvent, Unavailable
from fermata.vocabulary import Channel

_QUERIES = Queries("fermata.channels")
_MOST = 100


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One card.

    Args:
        id: Its id, the decision's.
        kind: ``in_app`` or ``inbox``; ``badge`` for one that only counts.
        message: The key of the message.
        title, body: Plain text.
        url: Where a tap leads; None leads nowhere.
        created_at: When it was put there (aware).
        read_at: When it was first read; None for unread.
        expires_at: When it disappears; None for never.
        shown_at, clicked_at, dismissed_at: When each was first so; None for not yet.
    """

    id: UUID
    kind: Channel
    message: str
    title: str
    body: str
    url: str | None
    created_at: datetime
    read_at: datetime | None
    expires_at: datetime | None
    shown_at: datetime | None = None
    clicked_at: datetime | None = None
    dismissed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InboxPage:
    """A page of the inbox.

    Args:
        items: Cards and inbox messages, newest first.
        next_cursor: Give it to get the page after; None on the last page.
        unread: The number on the badge: all that is unread, badges included.
    """

    items: tuple[InboxItem, ...]
    next_cursor: str | None
    unread: int


async def list_inbox(
    pool: Pool, profile_id: UUID, *, now: datetime, limit: int = 20, cursor: str | None = None
) -> InboxPage:
    """Lists what waits for a profile, newest first; what has expired or was dismissed is left out.

    Args:
        pool: The pool to read by.
        profile_id: Whose inbox.
        now: The present instant (aware); decides what has expired.
        limit: Items a page, 1 to 100.
        cursor: The page before's ``next_cursor``.

    Raises:
        InvalidEvent: The cursor or the limit cannot be used.
        Unavailable: Postgres does not answer.
    """
    if not 1 <= limit <= _MOST:
        raise InvalidEvent(f"limit={limit} is not between 1 and {_MOST}", field="limit")
    query, after = ("next_cards", read_cursor(cursor)) if cursor is not None else ("first_cards", ())
    try:
        async with pool.acquire() as connection:
            rows = await connection.fetch(_QUERIES[query], profile_id, now, limit + 1, *after)
            unread = await connection.fetchval(_QUERIES["count_unread"], profile_id, now)
    except AWAY as error:
        raise Unavailable(f"Postgres does not answer: {error}") from error
    items = tuple(read_item(row) for row in rows[:limit])
    return InboxPage(
        items, PageCursor(items[-1].created_at, items[-1].id).to_text() if len(rows) > limit else None, unread
    )


def read_item(row: asyncpg.Record | Mapping[str, Any]) -> InboxItem:
    """A row of ``inbox_items`` as a card."""
    values = dict(row)
    return InboxItem(**{**values, "kind": Channel(values["kind"])})


async def follow_merge(connection: Connection, survivor: UUID, loser: UUID) -> None:
    """Moves the cards of a profile that became part of another.

    Args:
        connection: Inside a transaction that holds both rows.
        survivor: Whose they become.
        loser: Whose they were.
    """
    await connection.execute(_QUERIES["follow_merge"], survivor, loser)
