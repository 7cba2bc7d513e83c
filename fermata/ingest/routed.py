"""What became of events: which run each started or reached, by journey, or why none."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from fermata.database import Pool, Queries, survivor_of
from fermata.database.page_cursor import NEWEST, PageCursor, read_cursor
from fermata.journeys import Registry
from fermata.vocabulary import Reason

_QUERIES = Queries("fermata.ingest", "routed.sql")

Result: TypeAlias = Literal["started", "reached"] | Reason
"""What an event did in a journey, or the reason why it did not."""

_RESULTS: tuple[Result, ...] = (
    "started",
    "reached",
    Reason.ALREADY_ENROLLED,
    Reason.EVENT_CONDITION_UNMET,
    Reason.EVENT_TOO_LATE,
    Reason.GOAL_MET,
    Reason.HOLDOUT_GLOBAL,
    Reason.HOLDOUT_JOURNEY,
    Reason.REENTRY_BLOCKED,
)


class Routed(BaseModel):
    """What an event came to in one journey.

    Args:
        journey: Its name; null with ``event_no_journey``, where no journey waits for such an event.
        result: ``started``, ``reached``, or the reason.
        explanation: Why a condition or a limit said no, in words; null where the reason says it all.
    """

    model_config = ConfigDict(frozen=True)

    journey: str | None
    result: Result
    explanation: str | None = None


class RoutedEvent(BaseModel):
    """An event and what became of it.

    Args:
        id: Its id here.
        message_id: Its sender's.
        type: The call of the Segment spec.
        name: As it is stored.
        profile_id: Whose it is.
        occurred_at: When it happened.
        received_at: When it came in.
        routing: One entry for each journey that it concerned, and at least one.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    message_id: str
    type: str
    name: str
    profile_id: UUID
    occurred_at: datetime
    received_at: datetime
    routing: tuple[Routed, ...]


class RoutedPage(BaseModel):
    """Events in the order in which they came in, the newest first.

    Args:
        items: Of this page.
        next_cursor: For the next page; null on the last.
    """

    model_config = ConfigDict(frozen=True)

    items: tuple[RoutedEvent, ...]
    next_cursor: str | None


async def list_routed(
    pool: Pool,
    registry: Registry,
    *,
    profile_id: UUID | None = None,
    result: Result | None = None,
    journey: str | None = None,
    limit: int = 20,
    cursor: str | None = None,
) -> RoutedPage:
    """Lists events with what became of them.

    Args:
        pool: Any.
        registry: The journeys that are asked about where none is named.
        profile_id: Only those of this person; the id of a profile that was merged is that of who remains.
        result: Only those that came to this, in the journey or in any.
        journey: Only those that concerned it.
        limit: How many a page.
        cursor: ``next_cursor`` of the page before.

    Raises:
        InvalidEvent: The cursor cannot be used.
    """
    before = (read_cursor(cursor) if cursor is not None else NEWEST).id
    nowhere = result is Reason.EVENT_NO_JOURNEY
    wanted = None if nowhere or (result is None and journey is None) else list(_wanted(registry, journey, result))
    if profile_id is not None:
        profile_id = await survivor_of(pool, profile_id) or profile_id
        rows = await pool.fetch(_QUERIES["of_profile"], before, limit + 1, profile_id, wanted, nowhere)
    elif nowhere:
        rows = await pool.fetch(_QUERIES["nowhere"], before, limit + 1)
    elif wanted is not None:
        rows = await pool.fetch(_QUERIES["so"], before, limit + 1, wanted)
    else:
        rows = await pool.fetch(_QUERIES["newest"], before, limit + 1)
    items = tuple(_event(row) for row in rows[:limit])
    more = len(rows) > limit
    return RoutedPage(
        items=items, next_cursor=PageCursor(items[-1].received_at, items[-1].id).to_text() if more else None
    )


def _wanted(registry: Registry, journey: str | None, result: Result | None) -> Iterable[dict[str, str]]:
    for name in registry if journey is None else (journey,):
        for each in _RESULTS if result is None else (result,):
            yield {name: str(each)}


def _event(row: Any) -> RoutedEvent:  # noqa: ANN401 - asyncpg's record
    explanations = row["explanations"]
    routed = tuple(
        Routed(journey=journey, result=result, explanation=explanations.get(journey))
        for journey, result in sorted(row["routing"].items())
    )
    nowhere = (Routed(journey=None, result=Reason.EVENT_NO_JOURNEY),)
    facts = {name: row[name] for name in RoutedEvent.model_fields if name != "routing"}
    return RoutedEvent(**facts, routing=routed or nowhere)
