"""Dead letters: what could not be processed or delivered, set aside with its reason so that it holds up nobody else."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

from fermata.database import Connection, Pool, Queries, new_id
from fermata.database.page_cursor import NEWEST, PageCursor, read_cursor
from fermata.errors import Conflict, NotFound
from fermata.events import IncomingEvent
from fermata.ingest.accept import Ingest
from fermata.ingest.dead_reasons import is_poison, reason_of
from fermata.ledger import close_run

_QUERIES = Queries("fermata.ingest", "dead_letters.sql")
_EVENT = TypeAdapter(IncomingEvent)

MOST_FAILURES = 5
"""So often a dispatch may fail for a reason of its own; then it is a dead letter."""


TryAgain: TypeAlias = Callable[[str], Awaitable[bool]]
"""Has a run's failing code tried again at once, by its workflow's id. False where it does not fail any more."""


class DeadLetter(BaseModel):
    """Something that was set aside.

    Args:
        id: Its id here.
        kind: ``event``: it came in and could not be processed, and had no effect. ``dispatch``: a word to a run that
            reached none. ``run``: a run whose code fails; Temporal tries it again by itself, alone.
        reason: The kind of what went wrong and where. It says nothing of a person.
        tries: How often it was tried.
        died_at: When it was set aside.
        ended_at: When somebody sent it again or dropped it; null while it waits for that.
        ended_as: ``resent``, ``dropped``, or ``recovered`` for a run that went on by itself.
        message_id: Of an event.
        word: What the dispatch was to do: ``start``, ``signal``, …
        run_id, journey, profile_id: The run, or that of the dispatch.
        event_id: The event that the dispatch is about.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    kind: Literal["event", "dispatch", "run"]
    reason: str
    tries: int
    died_at: datetime
    ended_at: datetime | None
    ended_as: str | None
    message_id: str | None
    word: str | None
    run_id: UUID | None
    journey: str | None
    profile_id: UUID | None
    event_id: UUID | None


class DeadLetterPage(BaseModel):
    """Dead letters, the newest first.

    Args:
        items: Of this page.
        next_cursor: For the next page; null on the last.
    """

    model_config = ConfigDict(frozen=True)

    items: tuple[DeadLetter, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Dead:
    """A dispatch that is given up.

    Args:
        dispatch_id: Which.
        reason: Why.
        tries: How often it was tried.
    """

    dispatch_id: int
    reason: str
    tries: int


async def bury(connection: Connection, dead: Sequence[Dead], now: datetime) -> None:
    """Sets dispatches aside.

    Args:
        connection: The claiming transaction.
        dead: Which.
        now: The instant.
    """
    ids, reasons, tries = zip(*((each.dispatch_id, each.reason, each.tries) for each in dead), strict=True)
    await connection.execute(_QUERIES["bury"], [new_id() for _ in dead], ids, reasons, tries, now)


async def list_dead_letters(
    pool: Pool, *, limit: int, cursor: str | None = None, ended: bool = False
) -> DeadLetterPage:
    """Lists dead letters, the newest first.

    Args:
        pool: Any.
        limit: How many a page.
        cursor: ``next_cursor`` of the page before.
        ended: Whether those that were sent again or dropped are listed too.

    Raises:
        InvalidEvent: The cursor cannot be used.
    """
    after = read_cursor(cursor) if cursor is not None else NEWEST
    rows = await pool.fetch(_QUERIES["all" if ended else "waiting"], *after, limit + 1)
    items = tuple(DeadLetter(**row) for row in rows[:limit])
    last = PageCursor(items[-1].died_at, items[-1].id).to_text() if len(rows) > limit else None
    return DeadLetterPage(items=items, next_cursor=last)


async def read_dead_letter(pool: Pool, letter_id: UUID) -> DeadLetter:
    """Returns one.

    Args:
        pool: Any.
        letter_id: Which.

    Raises:
        NotFound: There is none.
    """
    row = await pool.fetchrow(_QUERIES["one"], letter_id)
    if row is None:
        raise _unknown(letter_id)
    return DeadLetter(**row)


async def resend_dead_letter(
    pool: Pool, ingest: Ingest, letter_id: UUID, now: datetime, try_again: TryAgain | None = None
) -> None:
    """Sends one again, once its cause is mended. Said twice, it goes once.

    An event is processed as if it came in now, as of when it did. A word goes behind what waits for its person; with a
    start go the words that waited for it. A run goes on from where its code failed.

    Args:
        pool: Where they are kept.
        ingest: The door, for events.
        letter_id: Which.
        now: The instant, aware.
        try_again: For runs; None where Temporal is not at hand.

    Raises:
        NotFound: There is none.
        Conflict: It was dropped, its run is over, or it fails again.
        Unavailable: Temporal does not answer.
    """
    async with pool.acquire() as connection, connection.transaction():
        letter = await _hold(connection, letter_id)
        if letter["ended_as"] in ("resent", "recovered"):
            return
        if letter["ended_as"] is not None:
            raise Conflict(f"the dead letter {letter_id} was dropped")
        if letter["kind"] == "dispatch":
            profile = await connection.fetchrow(_QUERIES["lock_profile"], letter["run_id"])
            if profile["run_ended"]:
                raise Conflict(f"the run {letter['run_id']} is over: nothing can be told to it; drop the letter")
            start = letter["word"] == "start"
            await connection.execute(
                _QUERIES["leave_again"], letter["dispatch_id"], start, now, "resent", profile["id"]
            )
            await connection.execute(_QUERIES["end"], letter_id, now, "resent")
            return
    # Not while the letter's row is held: the door takes a connection of its own. It knows an event that it has had.
    if letter["kind"] == "run":
        await _on_with(pool, letter_id, letter["workflow_id"], now, try_again)
        return
    await _process(pool, ingest, letter_id, _EVENT.validate_json(letter["payload"]), now)


async def _on_with(pool: Pool, letter_id: UUID, workflow_id: str, now: datetime, try_again: TryAgain | None) -> None:
    if try_again is None:
        raise Conflict("Temporal is not at hand here; it tries the run again by itself")
    await try_again(workflow_id)
    await pool.execute(_QUERIES["end"], letter_id, now, "resent")


async def _process(pool: Pool, ingest: Ingest, letter_id: UUID, event: IncomingEvent, now: datetime) -> None:
    try:
        await ingest.process((event,), now)
    except Exception as error:
        if not is_poison(error):
            raise
        reason = reason_of(error)
        await pool.execute(_QUERIES["failed_again"], letter_id, reason)
        raise Conflict(f"it fails again: {reason}; mend the cause first") from error
    await pool.execute(_QUERIES["end"], letter_id, now, "resent")


async def drop_dead_letter(pool: Pool, letter_id: UUID, now: datetime) -> None:
    """Gives one up for good. A run whose start is dropped never begins: it ends in the ledger as terminated.

    Args:
        pool: Where they are kept.
        letter_id: Which.
        now: The instant, aware.

    Raises:
        NotFound: There is none.
        Conflict: It was sent again, or is a run.
    """
    async with pool.acquire() as connection, connection.transaction():
        letter = await _hold(connection, letter_id)
        if letter["ended_as"] == "resent":
            raise Conflict(f"the dead letter {letter_id} was sent again")
        if letter["ended_as"] is not None:
            return
        if letter["kind"] == "run":
            raise Conflict("the run is under way: mend its code and resend, or terminate the workflow in Temporal")
        if letter["kind"] == "dispatch":
            start = letter["word"] == "start"
            await connection.execute(_QUERIES["leave_for_good"], letter["dispatch_id"], start)
            if start:
                await close_run(connection, letter["run_id"], "terminated", "its start could not be delivered", now)
        await connection.execute(_QUERIES["end"], letter_id, now, "dropped")


async def _hold(connection: Connection, letter_id: UUID) -> Any:  # noqa: ANN401 - a row
    letter = await connection.fetchrow(_QUERIES["hold"], letter_id)
    if letter is None:
        raise _unknown(letter_id)
    return letter


def _unknown(letter_id: UUID) -> NotFound:
    return NotFound(f"no dead letter has the id {letter_id}")
