"""Data requests: what is kept of a person is handed out, shown to be consented to, or erased; and every receipt."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response, status
from fastapi.responses import RedirectResponse, StreamingResponse

from api.console.console_route import ConsoleRoute
from api.console.decisions import pages
from api.console.finding import find_person
from api.console.guard import Guard, Sent, Viewer
from api.console.people import called
from api.console.plain import plain
from api.console.rendering import HEADERS, render
from fermata.access import Scope
from fermata.audit import Act, of_profile, recorded
from fermata.database import Pool
from fermata.erasure import begin_within, read
from fermata.erasure.receipt import Receipt, list_receipts
from fermata.errors import InvalidEvent, NotFound
from fermata.profiles.consent_log import history
from fermata.view import LOOK_UPS, read_profile, recorded_export

_HERE = "/console/requests"
_A_PAGE, _STATEMENTS = 25, 50
Text = Annotated[str, Query(max_length=500, pattern="^[^\\x00]*$")]


def router(pool: Pool, guard: Guard) -> APIRouter:
    """The routes.

    Args:
        pool: Where people are kept.
        guard: Who may look, hand out and erase.
    """
    routes = APIRouter(prefix="/requests", route_class=ConsoleRoute)
    routes.include_router(_people(pool, guard))

    @routes.get("")
    async def show(
        request: Request,
        viewer: Annotated[Viewer, Depends(guard.viewer)],
        name: Text = "",
        kind: Text = "",
        cursor: Text = "",
    ) -> Response:
        problem = None
        if name.strip():
            try:
                return _to(f"{_HERE}/people/{await _find(pool, name.strip(), kind)}")
            except (NotFound, InvalidEvent) as error:
                problem = str(error)
        page = await list_receipts(pool, limit=_A_PAGE, cursor=cursor or None)
        values = {
            "name": name,
            "kind": kind,
            "kinds": [each.value for each in LOOK_UPS],
            "problem": problem,
            "receipts": plain(page.items),
            **pages(request.url.path, {}, page.next_cursor, cursor),
        }
        code = status.HTTP_404_NOT_FOUND if problem else status.HTTP_200_OK
        return render("data_requests", viewer, values, title="Data requests", section="requests", status=code)

    @routes.get("/erasures/{profile}.json", dependencies=[Depends(guard.viewer)])
    async def receipt_file(profile: UUID) -> Response:
        receipt = await _receipt(pool, profile)
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="erasure-{profile}.json"'}
        return Response(receipt.model_dump_json(indent=2), media_type="application/json", headers=headers)

    @routes.get("/erasures/{profile}")
    async def show_receipt(profile: UUID, viewer: Annotated[Viewer, Depends(guard.viewer)]) -> Response:
        receipt = await _receipt(pool, profile)
        values = {"receipt": plain(receipt), "rows": _rows(receipt)}
        return render("erasure", viewer, values, title="An erasure", section="requests")

    return routes


def _people(pool: Pool, guard: Guard) -> APIRouter:
    """What is asked about one person."""
    routes = APIRouter(prefix="/people", route_class=ConsoleRoute)

    @routes.get("/{profile}", response_model=None)
    async def show(
        profile: UUID, request: Request, viewer: Annotated[Viewer, Depends(guard.viewer)], cursor: Text = ""
    ) -> Response:
        if await read(pool, profile) is not None:
            return _to(f"{_HERE}/erasures/{profile}")
        view = await read_profile(pool, profile, datetime.now(UTC))
        said = await history(pool, view.id, limit=_STATEMENTS, cursor=cursor or None)
        values = {
            "person": plain(view),
            "called": called(view),
            "statements": plain(said.items),
            **pages(request.url.path, {}, said.next_cursor, cursor),
        }
        return render("data_request", viewer, values, title=f"{called(view)}: data requests", section="requests")

    @routes.get("/{profile}/export")
    async def export(profile: UUID, viewer: Annotated[Viewer, Depends(guard.viewer_who_may(Scope.ADMIN))]) -> Response:
        document = recorded_export(pool, profile, datetime.now(UTC), actor=viewer.actor)
        beginning = await anext(document)  # an error is a page, before anything is written
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="profile-{profile}.json"'}
        return StreamingResponse(_whole(beginning, document), media_type="application/json", headers=headers)

    @routes.post("/{profile}/erase")
    async def erase(profile: UUID, sent: Annotated[Sent, Depends(guard.sent(Scope.ADMIN))]) -> Response:
        why = sent.text("why", most=500)
        if not why or sent.text("sure") != "yes":
            problem = "nothing was erased: say why, a ticket's number for example, and tick that it cannot be undone"
            raise HTTPException(status.HTTP_400_BAD_REQUEST, problem)
        act = Act(sent.viewer.actor, "profiles.erase", of_profile(profile))
        async with recorded(pool, act) as connection:
            receipt = await begin_within(connection, profile, by=act.actor.name, why=why, now=datetime.now(UTC))
            act.detail = receipt.state
        return _to(f"{_HERE}/erasures/{receipt.profile_id}")

    return routes


async def _find(pool: Pool, name: str, kind: str) -> UUID:
    """Finds a person, or the id of one who was erased."""
    try:
        return await find_person(pool, name, kind)
    except NotFound:
        erased = _as_id(name)
        if erased is None or await read(pool, erased) is None:
            raise
        return erased


def _as_id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None


async def _receipt(pool: Pool, profile: UUID) -> Receipt:
    receipt = await read(pool, profile)
    if receipt is None:
        raise NotFound(f"nobody of the id {profile} was erased here")
    return receipt


def _rows(receipt: Receipt) -> list[dict[str, object]]:
    """What went, a row a table; where nothing of the person was, nothing is said."""
    tables = sorted({*receipt.removed, *receipt.nameless})
    rows = ((each, receipt.removed.get(each, 0), receipt.nameless.get(each, 0)) for each in tables)
    return [{"table": name, "removed": gone, "nameless": kept} for name, gone, kept in rows if gone or kept]


async def _whole(beginning: bytes, rest: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    async with aclosing(rest):  # gives its connection back, also where the browser has gone
        yield beginning
        async for piece in rest:
            yield piece


def _to(place: str) -> Response:
    return RedirectResponse(place, status.HTTP_303_SEE_OTHER, headers=HEADERS)
