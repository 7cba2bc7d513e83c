"""Puts the pages of the console together under ``/console``."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Response, status
from fastapi.responses import RedirectResponse

from api.analytics_process import AnalyticsProcess
from api.console import (
    analytics,
    assets,
    data_requests,
    decisions,
    journeys,
    login,
    operations,
    overview,
    people,
    policy,
    runs,
)
from api.console.analytics_questions import Questions
from api.console.console_route import ConsoleRoute
from api.console.guard import Cookie, Guard, Viewer
from api.console.journey_measured import Measured
from api.console.rendering import HEADERS
from fermata.access import Keys
from fermata.database import Pool
from fermata.errors import NotFound
from fermata.events.verbs import Verbs
from fermata.ingest import Ingest
from fermata.journeys import GlobalHoldout, Registry
from fermata.traits import LeadRules
from workflows.discovery import Journeys
from workflows.runs_in_temporal import RunsInTemporal
from workflows.runs_of_build import RunsOfBuild


@dataclass(frozen=True)
class Shown:
    """What the console shows, and through which doors it acts.

    Args:
        pool: The database.
        keys: Who may log in.
        door: Where rejected events are sent again.
        verbs: The standard events; those that ship where it is None.
        journeys: Those of this deployment.
        temporal: Asks and tells runs.
        builds: Knows which runs a build of the workers has.
        lead_rules: How leads are scored; by the rules that ship where it is None.
        registry: The journeys that can be measured.
        holdout: Whom no marketing reaches.
        measuring: Works out what analytics are asked.
        secure: Whether people reach the console by https.
    """

    pool: Pool
    keys: Keys
    door: Ingest
    verbs: Verbs | None
    journeys: Journeys
    temporal: RunsInTemporal
    builds: RunsOfBuild
    lead_rules: LeadRules | None
    registry: Registry
    holdout: GlobalHoldout
    measuring: AnalyticsProcess
    secure: bool


def router(shown: Shown) -> APIRouter:
    """The routes. They are for people: the description of the API has none of them.

    Args:
        shown: What there is to show.
    """
    guard = Guard(shown.pool, Cookie(secure=shown.secure))
    routes = APIRouter(prefix="/console", include_in_schema=False)
    routes.include_router(assets.router())
    routes.include_router(login.router(shown.pool, shown.keys, guard))
    routes.include_router(decisions.router(shown.pool, guard))
    routes.include_router(people.router(shown.pool, guard, shown.lead_rules))
    questions = Questions(shown.registry, shown.holdout)
    measured = Measured(shown.pool, shown.builds, questions, shown.measuring)
    routes.include_router(journeys.router(shown.pool, guard, shown.journeys, measured))
    routes.include_router(runs.router(shown.pool, guard, shown.temporal))
    routes.include_router(policy.router(shown.pool, guard))
    routes.include_router(operations.router(shown.pool, guard, shown.door, shown.verbs, shown.temporal.try_again))
    routes.include_router(data_requests.router(shown.pool, guard))
    routes.include_router(analytics.router(guard, questions, shown.measuring))
    routes.include_router(_elsewhere(guard))
    whole = APIRouter(include_in_schema=False)
    whole.include_router(overview.router(shown.pool, guard))  # it stands at the prefix itself
    whole.include_router(routes)
    return whole


def _elsewhere(guard: Guard) -> APIRouter:
    routes = APIRouter(route_class=ConsoleRoute)

    @routes.get("/{path:path}")
    async def nothing(path: str, viewer: Annotated[Viewer, Depends(guard.viewer)]) -> Response:
        if path == "" or path.endswith("/"):  # as people type it
            return RedirectResponse(f"/console/{path}".rstrip("/"), status.HTTP_303_SEE_OTHER, headers=HEADERS)
        raise NotFound(f"the console has no page /console/{path}")

    return routes
