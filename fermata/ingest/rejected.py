"""What the door refused: listed with its reason, and sent again as it is or mended."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict

from fermata.database import Pool, Queries
from fermata.database.page_cursor import NEWEST, PageCursor, read_cursor
from fermata.errors import InvalidEvent, NotFound
from fermata.events import Door, Reading, parse, read
from fermata.events.incoming import Entrance
from fermata.events.verbs import Verbs
from fermata.ingest.accept import Ingest, Receipt

_QUERIES = Queries("fermata.ingest")


class RejectedEvent(BaseModel):
    """A payload that was refused.

    Args:
        id: Its id here.
        received_at: When it came in.
        door: The endpoint where it came in, or ``webhook``.
        field: Dotted path of the field at fault, or "".
        reason: What is wrong, and the mend.
        payload: The text that came in: one message of a batch, or else the whole body.
        resent_at: When it was accepted after all, or null.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    received_at: datetime
    door: Entrance
    field: str
    reason: str
    payload: str
    resent_at: datetime | None


class RejectedPage(BaseModel):
    """Rejected events, the newest first.

    Args:
        items: Of this page.
        next_cursor: For the next page; null on the last.
    """

    model_config = ConfigDict(frozen=True)

    items: tuple[RejectedEvent, ...]
    next_cursor: str | None


async def list_rejected(pool: Pool, *, limit: int, cursor: str | None) -> RejectedPage:
    """Lists what was refused, the newest first.

    Args:
        pool: Any.
        limit: How many a page.
        cursor: ``next_cursor`` of the page before.

    Raises:
        InvalidEvent: The cursor cannot be used.
    """
    after = read_cursor(cursor) if cursor is not None else NEWEST
    rows = await pool.fetch(_QUERIES["rejected"], *after, limit + 1)
    items = tuple(RejectedEvent(**row) for row in rows[:limit])
    more = len(rows) > limit
    last = PageCursor(items[-1].received_at, items[-1].id).to_text() if more else None
    return RejectedPage(items=items, next_cursor=last)


async def resend(
    pool: Pool, ingest: Ingest, rejected_id: UUID, mended: bytes, now: datetime, verbs: Verbs | None = None
) -> Receipt:
    """Sends a rejected payload through the door again, as of the time when it first came in.

    Again and again without harm: without a ``messageId`` of its own it gets one made from its id here.

    Args:
        pool: Where rejects are kept.
        ingest: The door.
        rejected_id: Which.
        mended: JSON to be sent in its place; empty for the payload as it was.
        now: The instant.
        verbs: The standard events; those that ship where it is None.

    Raises:
        NotFound: There is no such reject.
        InvalidEvent: It is refused again.
        Unavailable: As of ``Ingest.accept``.
    """
    row = await pool.fetchrow(_QUERIES["rejected_one"], rejected_id)
    if row is None:
        raise NotFound(f"no rejected event has the id {rejected_id}")
    rejected = RejectedEvent(**row)
    reading = _read_again(rejected, _parsed(mended or rejected.payload.encode()), verbs)
    receipt = await ingest.accept(reading.events, reading.rejections, now)
    await pool.execute(_QUERIES["resent"], rejected_id, now)
    return receipt


def _parsed(text: bytes) -> object:
    try:
        parsed: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidEvent(f"the payload is not JSON: {error}; send a mended one as the body") from None
    return parsed


def _read_again(rejected: RejectedEvent, payload: object, verbs: Verbs | None) -> Reading:
    door = rejected.door
    if _is_batch(payload):
        batch: Door = "import" if door == "import" else "batch"
        return read(batch, payload, received_at=rejected.received_at, verbs=verbs)
    if isinstance(payload, dict) and payload.get("messageId") is None:
        payload = {**payload, "messageId": f"rejected-{rejected.id}"}
    kind = None if door == "batch" or door == "import" or door == "webhook" else door
    event = parse(payload, received_at=rejected.received_at, kind=kind, historical=door == "import", verbs=verbs)
    return Reading((event,))


def _is_batch(payload: object) -> bool:
    wanted: Mapping[str, Any] = payload if isinstance(payload, Mapping) else {}
    return "batch" in wanted and "type" not in wanted
