"""People: looked up by a name, and one of them with all that happened, why, and what comes next."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.console.console_route import ConsoleRoute
from api.console.decisions import pages
from api.console.finding import find_person
from api.console.guard import Guard, Viewer
from api.console.person_entries import entries
from api.console.plain import plain
from api.console.rendering import HEADERS, render
from fermata.database import Pool
from fermata.errors import InvalidEvent, NotFound
from fermata.traits import LeadRules
from fermata.view import LOOK_UPS, ProfileView, read_profile, read_timeline

_A_PAGE = 40
Text = Annotated[str, Query(max_length=500)]


def router(pool: Pool, guard: Guard, lead_rules: LeadRules | None) -> APIRouter:
    """The routes.

    Args:
        pool: Where people are kept.
        guard: Who may look.
        lead_rules: Of this deployment.
    """
    routes = APIRouter(prefix="/people", route_class=ConsoleRoute)

    @routes.get("")
    async def look_up(viewer: Annotated[Viewer, Depends(guard.viewer)], name: Text = "", kind: Text = "") -> Response:
        problem = None
        if name.strip():
            try:
                found = await find_person(pool, name.strip(), kind)
            except (NotFound, InvalidEvent) as error:
                problem = str(error)
            else:
                return RedirectResponse(f"/console/people/{found}", 303, headers=HEADERS)
        values = {"name": name, "kind": kind, "kinds": [each.value for each in LOOK_UPS], "problem": problem}
        return render("people", viewer, values, title="People", section="people", status=404 if problem else 200)

    @routes.get("/{profile}")
    async def show(
        profile: UUID, request: Request, viewer: Annotated[Viewer, Depends(guard.viewer)], cursor: Text = ""
    ) -> Response:
        view = await read_profile(pool, profile, datetime.now(UTC), lead_rules)
        page = await read_timeline(pool, view.id, limit=_A_PAGE, cursor=cursor or None)
        values = {
            "person": plain(view),
            "called": called(view),
            "entries": entries(page.items),
            "traits": {name: value for name, value in view.traits.items() if name not in ("address",)},
            **pages(request.url.path, {}, page.next_cursor, cursor),
        }
        return render("person", viewer, values, title=called(view), section="people")

    return routes


def called(view: ProfileView) -> str:
    """What a person is called, as far as it is known."""
    names = [str(view.traits[trait]) for trait in ("first_name", "last_name") if view.traits.get(trait)]
    return " ".join(names) or str(view.traits.get("name") or "Somebody without a name")
