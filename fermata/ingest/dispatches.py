"""Dispatches: the events that wait for the dispatcher, in order for each profile, never held up by another's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from fermata.database import Connection, Queries
from fermata.ingest.dead_reasons import reason_of
from fermata.ingest.outgoing import DispatchKind, Word
from fermata.journeys import ChildEnded, JourneyEvent, ParentHeld, ProfileMerged, RunOver

_QUERIES = Queries("fermata.ingest")

CHANNEL = "fermata_dispatch"
"""The channel of Postgres' NOTIFY on which each commit that leaves dispatches says so."""

_WORDS: Mapping[DispatchKind, type[Word]] = {
    "start": JourneyEvent,
    "signal": JourneyEvent,
    "merged": ProfileMerged,
    "over": RunOver,
    "parent_held": ParentHeld,
    "child_ended": ChildEnded,
}


@dataclass(frozen=True, slots=True)
class ClaimedDispatch:
    """A dispatch that the claiming transaction holds.

    Args:
        id: Grows in commit order for each profile.
        kind: ``start`` is signal-with-start, ``signal`` tells the run that is there of an event, ``reconsider`` has it
            decide again what it holds, ``merged`` tells it that its profile is part of another, ``over`` that it has
            been ended, ``parent_held`` that its parent is paused or goes on, ``child_ended`` how a child of it ended.
        run_id: The run it is for.
        journey: The run's.
        profile_id: The run's.
        workflow_id: The run's in Temporal.
        word: What the workflow is told; None with ``reconsider``.
        attempts: How often it was tried before.
        left_at: When it was left; where it was left for a later time, that one.
        failures: How often it failed for a reason of its own.
        run_ended: The run is over: nothing is to be delivered.
        start_is_dead: The run never began, for its start is a dead letter: this waits with it.
        flaw: Why the word cannot be read, without a value of it; None where it can.
        traceparent: The trace of the request that it comes of, where one is known.
    """

    id: int
    kind: DispatchKind
    run_id: UUID
    journey: str
    profile_id: UUID
    workflow_id: str
    word: Word | None
    attempts: int
    left_at: datetime
    run_ended: bool
    failures: int = 0
    start_is_dead: bool = False
    flaw: str | None = None
    traceparent: str | None = None


async def claim(connection: Connection, *, limit: int, now: datetime) -> list[ClaimedDispatch]:
    """Takes dispatches that are due: the oldest waiting one of each profile, passing over what others have taken.

    Args:
        connection: Inside a transaction; the dispatches are held until it ends.
        limit: The most to take.
        now: Those due later stay.
    """
    rows = await connection.fetch(_QUERIES["claim"], now, limit)
    return [_claimed(row) for row in rows]


def _claimed(row: Mapping[str, Any]) -> ClaimedDispatch:
    word, flaw = _word(row["kind"], row["payload"])
    return ClaimedDispatch(
        id=row["id"],
        kind=row["kind"],
        run_id=row["run_id"],
        journey=row["journey"],
        profile_id=row["profile_id"],
        workflow_id=row["workflow_id"],
        word=word,
        attempts=row["attempts"],
        left_at=row["created_at"] if row["attempts"] else row["due_at"],
        run_ended=row["run_ended"],
        failures=row["failures"],
        start_is_dead=row["start_is_dead"],
        flaw=flaw,
        traceparent=row["payload"].get("traceparent") if isinstance(row["payload"], dict) else None,
    )


def _word(kind: DispatchKind, payload: object) -> tuple[Word | None, str | None]:
    """The word, or what is wrong with it: one that cannot be read must not hold up the others of its batch."""
    if kind not in _WORDS:
        return None, None
    try:
        return _WORDS[kind].model_validate(payload), None
    except ValidationError as error:
        return None, reason_of(error)


async def settle(
    connection: Connection,
    delivered: Sequence[tuple[int, str]],
    postponed: Sequence[tuple[int, datetime]],
    now: datetime,
    *,
    failed: Sequence[int] = (),
) -> None:
    """Records what became of claimed dispatches.

    Args:
        connection: The claiming transaction.
        delivered: Ids with the result in a word, for example ``"started"``; also those that had nowhere to go.
        postponed: Ids with the instant of the next attempt. What waits behind one of them waits too.
        now: The instant.
        failed: Those of the postponed that failed for a reason of their own.
    """
    if failed:
        await connection.execute(_QUERIES["failed"], failed)
    if delivered:
        ids, results = zip(*delivered, strict=True)
        await connection.execute(_QUERIES["delivered"], ids, results, now)
    if postponed:
        ids, due = zip(*postponed, strict=True)
        await connection.execute(_QUERIES["postponed"], ids, due)
