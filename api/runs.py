"""``/api/v1/runs``: which runs there are, where one stands, and operators' words to it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query, Request, status
from pydantic import BaseModel, ConfigDict, Field

from api.authentication import bearer
from api.typed_body import documented, read_model
from fermata.access import Key, Keys, Scope
from fermata.audit import Actor, Door
from fermata.database import Pool
from fermata.runs import (
    ActionRecord,
    ActionResult,
    Operation,
    RunPage,
    RunState,
    list_runs,
    operate_on_record,
    read_run,
)
from workflows.runs_in_temporal import RunShown, RunsInTemporal

_RETRY = {"Retry-After": "5"}  # seconds
_MEANINGS = {
    Operation.PAUSE: "Holds the run: it sends nothing, and its time limit stands still. Goals and exits still end it.",
    Operation.RESUME: "Lets a paused run go on: what is due is decided again.",
    Operation.SKIP: "Ends the wait that the run is in, as if its time had passed. It skips no rule.",
    Operation.EXIT: "Ends the run at its next wait point. A send that is under way is finished first.",
}


class Why(BaseModel):
    """What an operator says of what they do."""

    model_config = ConfigDict(extra="forbid")

    why: str = Field(default="", max_length=1000, pattern="^[^\\x00]*$", description="For whoever reads it later.")


def router(pool: Pool, keys: Keys, temporal: RunsInTemporal) -> APIRouter:
    """The routes.

    Args:
        pool: Where runs are kept.
        keys: Who may look and act.
        temporal: Asks and tells runs.
    """
    routes = APIRouter(prefix="/api/v1/runs", tags=["runs"])

    @routes.get("", dependencies=[Depends(bearer(keys, Scope.READ))])
    async def list_some(
        journey: Annotated[
            str | None, Query(max_length=200, pattern="^[^\\x00]*$", description="Only those of this journey.")
        ] = None,
        state: Annotated[RunState | None, Query(description="Only those that stand so in the ledger.")] = None,
        profile_id: Annotated[UUID | None, Query(description="Only this person's.")] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
    ) -> RunPage:
        """Lists runs, the newest first."""
        return await list_runs(pool, journey=journey, state=state, profile_id=profile_id, limit=limit, cursor=cursor)

    @routes.get("/{run}", dependencies=[Depends(bearer(keys, Scope.READ))])
    async def read(run: UUID) -> RunShown:
        """Tells all that is kept of a run; of an active one also where it stands now, and what fails in it."""
        return await temporal.show(await read_run(pool, run))

    for operation, meaning in _MEANINGS.items():
        routes.add_api_route(
            f"/{{run}}/{operation}",
            _said_by(pool, keys, temporal, operation),
            methods=["POST"],
            name=operation,
            description=f"{meaning} Who did it, why, and what came of it is on record.",
            responses={409: {"description": "It cannot be done: `detail` says why."}},
            openapi_extra={"requestBody": {**documented(Why)["requestBody"], "required": False}},
        )
    return routes


def _said_by(
    pool: Pool, keys: Keys, temporal: RunsInTemporal, operation: Operation
) -> Callable[..., Awaitable[ActionRecord]]:
    async def say(
        run: UUID, request: Request, key: Annotated[Key, Depends(bearer(keys, Scope.OPERATE))]
    ) -> ActionRecord:
        said = await read_model(request, Why) if _has_body(request) else Why()
        actor, now = Actor(key.name, Door.API), datetime.now(UTC)
        action = await operate_on_record(
            pool, temporal, run, operation, actor=actor, by=key.name, why=said.why, now=now
        )
        if action.result is ActionResult.UNANSWERED:
            raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, action.detail, headers=_RETRY)
        if action.result is not ActionResult.DONE:
            raise HTTPException(status.HTTP_409_CONFLICT, action.detail)
        return action

    return say


def _has_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
