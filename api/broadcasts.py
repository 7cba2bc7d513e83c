"""``/api/v1/broadcasts``: what can be announced to whom, what would come of it, and operators' words to it."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query, Request, status
from pydantic import BaseModel, ConfigDict, Field

from api.authentication import bearer
from api.typed_body import documented, read_model
from fermata.access import Key, Keys, Scope
from fermata.analytics.asked import Instant
from fermata.audit import Act, Actor, Door, announced
from fermata.broadcasts import (
    BroadcastOperation,
    BroadcastPage,
    BroadcastRecord,
    Launch,
    find_broadcast,
    list_broadcasts,
)
from fermata.broadcasts.definition import Properties
from fermata.broadcasts.local_time import LocalTimeField
from fermata.broadcasts.preview import Preview
from fermata.broadcasts.rate import RateField
from fermata.database import Pool
from fermata.errors import Conflict, DefinitionError, Unavailable
from workflows.broadcast_desk import BroadcastDesk
from workflows.operated import OperatorWord

_RETRY = {"Retry-After": "5"}  # seconds
_MEANINGS = {
    BroadcastOperation.PAUSE: "Holds a broadcast: the page that is under way enters, and nobody after it.",
    BroadcastOperation.RESUME: "Lets a paused broadcast go on where it was held.",
    BroadcastOperation.CANCEL: "Ends a broadcast: whoever has not entered will not. Whoever has goes on.",
}


class Wanted(BaseModel):
    """A broadcast that is to go out. What is left out stays as it is declared."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=63, description="As it is declared.")
    at: Instant | None = Field(default=None, description="Not before; null for at once.")
    local_time: LocalTimeField | None = Field(default=None, description="On each person's own clock.")
    rate: RateField | None = Field(default=None, description="How many people enter in how long.")
    holdout: float | None = Field(default=None, ge=0, lt=1, description="The share that is left out.")
    properties: Properties = Field(default_factory=dict, description="Of the event that each person gets.")
    why: str = Field(default="", max_length=1000, pattern="^[^\\x00]*$", description="For whoever reads it later.")

    def launch(self, by: str) -> Launch:
        """As the broadcast is started with.

        Args:
            by: Who starts it.
        """
        return Launch(**{name: getattr(self, name) for name in type(self).model_fields}, by=by)


class WhySaid(BaseModel):
    """What an operator says of what they do."""

    model_config = ConfigDict(extra="forbid")

    why: str = Field(default="", max_length=1000, pattern="^[^\\x00]*$", description="For whoever reads it later.")


class DeclaredBroadcast(BaseModel):
    """A broadcast that this deployment declares."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    name: str
    """Its name."""
    journey: str
    """The journey that people enter by it."""
    segment: str
    """Who is meant, in words."""
    recurs: str | None
    """When it begins by itself, as declared; null for when somebody starts it."""


class Stands(BaseModel):
    """Where a broadcast stands after a word."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    detail: str
    """In a sentence."""


def router(pool: Pool, keys: Keys, desk: BroadcastDesk) -> APIRouter:
    """The routes.

    Args:
        pool: Where broadcasts are kept.
        keys: Who may look and act.
        desk: Looks at broadcasts and acts on them.
    """
    routes = APIRouter(prefix="/api/v1/broadcasts", tags=["broadcasts"])

    @routes.get("", dependencies=[Depends(bearer(keys, Scope.READ))])
    async def list_some(
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
    ) -> BroadcastPage:
        """Lists broadcasts that were started, the newest first, with how far each is."""
        return await list_broadcasts(pool, limit=limit, cursor=cursor)

    @routes.get("/declared", dependencies=[Depends(bearer(keys, Scope.READ))])
    async def list_declared() -> list[DeclaredBroadcast]:
        """Lists the broadcasts that can be started, by name."""
        return [
            DeclaredBroadcast(
                name=each.name,
                journey=each.journey,
                segment=str(each.segment),
                recurs=str(each.recurs) if each.recurs is not None else None,
            )
            for each in desk.declared.values()
        ]

    @routes.post("/preview", openapi_extra=documented(Wanted))
    async def preview(request: Request, key: Annotated[Key, Depends(bearer(keys, Scope.READ))]) -> Preview:
        """Counts what a broadcast would do, over its whole segment, and does nothing. A million take a while."""
        wanted = await read_model(request, Wanted)
        with _told():
            return await desk.preview(wanted.launch(key.name), datetime.now(UTC))

    @routes.post("", status_code=status.HTTP_201_CREATED, openapi_extra=documented(Wanted))
    async def start(request: Request, key: Annotated[Key, Depends(bearer(keys, Scope.OPERATE))]) -> BroadcastRecord:
        """Starts a broadcast. One of a name goes out at a time; a second is answered with 409."""
        wanted = await read_model(request, Wanted)
        act = Act(Actor(key.name, Door.API), "broadcasts.start", wanted.name)
        with _told():
            async with announced(pool, act):
                started = await desk.start(wanted.launch(key.name), datetime.now(UTC))
                act.detail = f"broadcast {started.id}"
                return started

    @routes.get("/{broadcast}", dependencies=[Depends(bearer(keys, Scope.READ))])
    async def read(broadcast: UUID) -> BroadcastRecord:
        """Tells how far a broadcast is: entered, held out, refused and why, left."""
        return await find_broadcast(pool, broadcast)

    for operation, meaning in _MEANINGS.items():
        routes.add_api_route(
            f"/{{broadcast}}/{operation}",
            _said_by(pool, keys, desk, operation),
            methods=["POST"],
            name=f"{operation} broadcast",
            description=f"{meaning} Who said so, and why, stands with the broadcast.",
            responses={409: {"description": "It cannot be done: `detail` says why."}},
            openapi_extra={"requestBody": {**documented(WhySaid)["requestBody"], "required": False}},
        )
    return routes


def _said_by(
    pool: Pool, keys: Keys, desk: BroadcastDesk, operation: BroadcastOperation
) -> Callable[..., Awaitable[Stands]]:
    async def say(
        broadcast: UUID, request: Request, key: Annotated[Key, Depends(bearer(keys, Scope.OPERATE))]
    ) -> Stands:
        has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
        said = await read_model(request, WhySaid) if has_body else WhySaid()
        word = OperatorWord(by=key.name, why=said.why)
        act = Act(Actor(key.name, Door.API), f"broadcasts.{operation}", f"broadcast {broadcast}")
        with _told():
            async with announced(pool, act):
                return Stands(detail=await desk.act(broadcast, operation, word, datetime.now(UTC)))

    return say


@contextmanager
def _told() -> Iterator[None]:
    """What the desk raises, as an answer that says what to do."""
    try:
        yield
    except Conflict as error:
        raise HTTPException(status.HTTP_409_CONFLICT, str(error)) from None
    except DefinitionError as error:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, str(error)) from None
    except Unavailable as error:
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, str(error), headers=_RETRY) from None
