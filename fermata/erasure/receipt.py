"""What is kept of an erasure, and may be shown to anybody: nothing in it is about the person."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict

from fermata.database import Connection, Pool, Queries
from fermata.database.page_cursor import NEWEST, PageCursor, read_cursor

_QUERIES = Queries("fermata.erasure", "begin.sql")


class ErasureState(StrEnum):
    """How far an erasure is."""

    BEGUN = "begun"
    FINISHED = "finished"


class Receipt(BaseModel):
    """One erasure. While it is ``begun``, nothing reaches the person and a worker takes the rest away."""

    model_config = ConfigDict(frozen=True)

    profile_id: UUID
    """The id that was the person's. It leads nowhere any more."""
    state: ErasureState
    """``begun`` or ``finished``."""
    begun_at: datetime
    """From then on nothing was sent to them, and no event was theirs."""
    finished_at: datetime | None
    """When the last row went."""
    by: str
    """Who had them erased."""
    why: str
    """Why, as they said."""
    runs_ended: int
    """Runs that were active, and ended as ``profile_erased``."""
    histories_deleted: int
    """Executions whose histories Temporal was told to delete, and took that."""
    histories_not_there: int
    """Workflows of theirs of which Temporal had nothing any more."""
    suppressions_kept: int
    """Addresses that stay suppressed, each as a salted hash."""
    removed: dict[str, int]
    """Rows that are gone, by table."""
    nameless: dict[str, int]
    """Rows that measuring needs and that are nobody's now, by table."""


class ReceiptPage(BaseModel):
    """A page of erasures, the newest first."""

    model_config = ConfigDict(frozen=True)

    items: tuple[Receipt, ...]
    """Of this page."""
    next_cursor: str | None
    """For the next page; null on the last."""


async def list_receipts(pool: Pool, *, limit: int = 50, cursor: str | None = None) -> ReceiptPage:
    """Lists erasures, the newest first, as they stand.

    Args:
        pool: Any.
        limit: How many a page.
        cursor: ``next_cursor`` of the page before.

    Raises:
        InvalidEvent: The cursor cannot be used.
    """
    after = read_cursor(cursor) if cursor is not None else NEWEST
    rows = await pool.fetch(_QUERIES["list"], *after, limit + 1)
    items = tuple(receipt_of(row) for row in rows[:limit])
    more = PageCursor(items[-1].begun_at, items[-1].profile_id).to_text() if len(rows) > limit else None
    return ReceiptPage(items=items, next_cursor=more)


async def read(database: Connection | Pool, profile_id: UUID) -> Receipt | None:
    """Returns an erasure as it stands; None where there was none of this id.

    Args:
        database: A connection, or the pool.
        profile_id: The id that was the person's.
    """
    row = await database.fetchrow(_QUERIES["read"], profile_id)
    return receipt_of(row) if row is not None else None


def receipt_of(row: asyncpg.Record) -> Receipt:
    """Reads a row of ``erasures``."""
    state = ErasureState.BEGUN if row["finished_at"] is None else ErasureState.FINISHED
    return Receipt(**{**row, "profile_id": row["erased_id"], "state": state})
