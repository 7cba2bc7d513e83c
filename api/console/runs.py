"""Runs: a list that can be narrowed, and one with its timeline, where it stands, and operators' words to it."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response, status
from fastapi.responses import RedirectResponse

from api.console.console_route import ConsoleRoute
from api.console.decisions import pages, word
from api.console.guard import Guard, Sent, Viewer
from api.console.plain import plain
from api.console.rendering import HEADERS, render
from fermata.access import Scope
from fermata.database import Pool
from fermata.runs import ActionResult, Operation, RunState, list_runs, operate_on_record, read_run
from workflows.runs_in_temporal import RunsInTemporal

_A_PAGE = 50
Text = Annotated[str, Query(max_length=200, pattern="^[^\\x00]*$")]


def router(pool: Pool, guard: Guard, temporal: RunsInTemporal) -> APIRouter:
    """The routes.

    Args:
        pool: Where runs are kept.
        guard: Who may look and act.
        temporal: Asks and tells runs.
    """
    routes = APIRouter(prefix="/runs", route_class=ConsoleRoute)

    @routes.get("")
    async def show(
        request: Request,
        viewer: Annotated[Viewer, Depends(guard.viewer)],
        journey: Text = "",
        state: Text = "",
        cursor: Text = "",
    ) -> Response:
        page = await list_runs(
            pool, journey=journey or None, state=word(RunState, state), limit=_A_PAGE, cursor=cursor or None
        )
        asked = {"journey": journey, "state": state}
        values = {
            "asked": asked,
            "states": list(map(str, RunState)),
            "runs": plain(page.items),
            **pages(request.url.path, asked, page.next_cursor, cursor),
        }
        return render("runs", viewer, values, title="Runs", section="runs")

    @routes.get("/{run}")
    async def show_one(run: UUID, viewer: Annotated[Viewer, Depends(guard.viewer)], said: Text = "") -> Response:
        shown = await temporal.show(await read_run(pool, run))
        operations = list(map(str, Operation)) if shown.ended_at is None else []
        values = {"run": plain(shown), "operations": operations, "said": said == "yes"}
        return render("run", viewer, values, title=f"A run of {shown.journey}", section="runs")

    @routes.post("/{run}/{operation}")
    async def say(
        run: UUID, operation: Operation, sent: Annotated[Sent, Depends(guard.sent(Scope.OPERATE))]
    ) -> Response:
        actor, why = sent.viewer.actor, sent.text("why")
        done = await operate_on_record(
            pool, temporal, run, operation, actor=actor, by=actor.name, why=why, now=datetime.now(UTC)
        )
        if done.result is not ActionResult.DONE:
            raise HTTPException(status.HTTP_409_CONFLICT, done.detail)
        return RedirectResponse(f"/console/runs/{run}?said=yes", status.HTTP_303_SEE_OTHER, headers=HEADERS)

    return routes
