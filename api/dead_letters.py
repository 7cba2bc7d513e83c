"""``/api/v1/dead-letters``: what could not be processed or delivered, to be looked at, sent again or given up."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query, status

from api.authentication import bearer
from fermata.access import Key, Keys, Scope
from fermata.audit import Act, Actor, Door, announced
from fermata.database import Pool
from fermata.errors import Conflict
from fermata.ingest import (
    DeadLetter,
    DeadLetterPage,
    Ingest,
    drop_dead_letter,
    list_dead_letters,
    read_dead_letter,
    resend_dead_letter,
)
from fermata.ingest.dead_letters import TryAgain

_CONFLICT: dict[int | str, dict[str, Any]] = {409: {"description": "It cannot be done: `detail` says why."}}


def router(pool: Pool, ingest: Ingest, keys: Keys, try_again: TryAgain) -> APIRouter:
    """The routes.

    Args:
        pool: Where they are kept.
        ingest: The door, by which events go again.
        keys: Who may do so.
        try_again: Has a run's failing code tried again.
    """
    routes = APIRouter(prefix="/api/v1/dead-letters", tags=["dead letters"])
    operator = Annotated[Key, Depends(bearer(keys, Scope.OPERATE))]

    @routes.get("", dependencies=[Depends(bearer(keys, Scope.READ))])
    async def list_letters(
        ended: Annotated[bool, Query(description="Also those that were sent again or dropped.")] = False,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
    ) -> DeadLetterPage:
        """Lists what was set aside, newest first, each with its reason."""
        return await list_dead_letters(pool, limit=limit, cursor=cursor, ended=ended)

    @routes.get("/{letter}", dependencies=[Depends(bearer(keys, Scope.READ))])
    async def show(letter: UUID) -> DeadLetter:
        """Shows one."""
        return await read_dead_letter(pool, letter)

    @routes.post("/{letter}/resend", responses=_CONFLICT)
    async def resend(letter: UUID, key: operator) -> DeadLetter:
        """Sends it again. Said twice, it goes once. 409 where it fails again, its run is over, or it was dropped."""
        with _told():
            async with announced(pool, Act(Actor(key.name, Door.API), "dead_letters.resend", f"dead letter {letter}")):
                await resend_dead_letter(pool, ingest, letter, datetime.now(UTC), try_again)
        return await read_dead_letter(pool, letter)

    @routes.delete("/{letter}", responses=_CONFLICT)
    async def drop(letter: UUID, key: operator) -> DeadLetter:
        """Gives it up for good. A run whose start is dropped ends. 409 where it was sent again."""
        with _told():
            async with announced(pool, Act(Actor(key.name, Door.API), "dead_letters.drop", f"dead letter {letter}")):
                await drop_dead_letter(pool, letter, datetime.now(UTC))
        return await read_dead_letter(pool, letter)

    return routes


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Conflict as error:
        raise HTTPException(status.HTTP_409_CONFLICT, str(error)) from None
