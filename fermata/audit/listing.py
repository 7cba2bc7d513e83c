"""Reads the log: who did what, the newest first."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from fermata.audit.actor import Door
from fermata.audit.recording import Outcome
from fermata.database import Pool, Queries
from fermata.database.page_cursor import NEWEST, PageCursor, read_cursor

_QUERIES = Queries("fermata.audit")


class AuditEntry(BaseModel):
    """One entry.

    Args:
        id: Its own.
        act: Of what was done: an act that is no single transaction has an entry when it begins and one when it ends.
        at: When.
        actor: Who: the name of a key, or of a user of the machine; empty where nobody is known.
        door: Where they came in.
        action: What they did, such as `runs.pause`.
        target: On what. A profile is told by a hash of its id.
        outcome: What became of it. An act that is `begun` and has no other entry ended without anybody seeing how.
        detail: A code that says more.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    act: UUID
    at: datetime
    actor: str
    door: Door
    action: str
    target: str
    outcome: Outcome
    detail: str


class AuditPage(BaseModel):
    """Entries, the newest first.

    Args:
        items: Of this page.
        next_cursor: For the next page; null on the last.
    """

    model_config = ConfigDict(frozen=True)

    items: tuple[AuditEntry, ...]
    next_cursor: str | None


async def list_entries(
    pool: Pool,
    *,
    since: datetime,
    actor: str | None = None,
    action: str | None = None,
    target: str | None = None,
    outcome: Outcome | None = None,
    limit: int,
    cursor: str | None = None,
) -> AuditPage:
    """Lists what was done.

    Args:
        pool: Any.
        since: Nothing before.
        actor: Only theirs.
        action: Only this one, or with ``runs`` all of ``runs.…``.
        target: Only on this.
        outcome: Only what ended so.
        limit: How many a page.
        cursor: ``next_cursor`` of the page before.

    Raises:
        InvalidEvent: The cursor cannot be used.
    """
    after = read_cursor(cursor) if cursor is not None else NEWEST
    rows = await pool.fetch(_QUERIES["list"], *after, since, actor, action, target, outcome, limit + 1)
    items = tuple(AuditEntry(**row) for row in rows[:limit])
    last = PageCursor(items[-1].at, items[-1].id).to_text() if len(rows) > limit else None
    return AuditPage(items=items, next_cursor=last)
