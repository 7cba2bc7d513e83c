"""``/api/v1/journeys``: which journeys run here, what each does, and its map with how many came to each step."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response, status
from pydantic import BaseModel, ConfigDict

from api.authentication import bearer
from fermata.access import Keys, Scope
from fermata.analytics.asked import Instant
from fermata.database import Pool
from fermata.errors import NotFound
from fermata.journeys.map import JourneyMap
from fermata.journeys.map_mermaid import to_mermaid
from fermata.journeys.map_svg import to_svg
from fermata.runs import RunState, count_runs
from fermata.runs.map_counts import MapCounts, count_map
from fermata.runs.map_notes import notes_of
from workflows.description import JourneyDescription, describe
from workflows.discovery import Journeys
from workflows.mapping import map_of
from workflows.runs_of_build import RunsOfBuild

_MONTH = timedelta(days=30)
Name = Annotated[str, Path(min_length=1, max_length=200, pattern="^[^\\x00]*$", description="The journey's.")]


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class JourneyList(_Shown):
    """All journeys of this deployment."""

    journeys: tuple[JourneyDescription, ...]
    """In the order of their names."""


class JourneyShown(_Shown):
    """A journey, and how its runs stand."""

    journey: JourneyDescription
    """What it does."""
    runs: dict[RunState, int]
    """Its runs of all time by state; states that none is in are left out."""


class MapShown(_Shown):
    """A journey's map."""

    map: JourneyMap
    """As its code says."""
    counts: MapCounts | None
    """How many came to each step, where that was asked for."""


class MapFormat(StrEnum):
    """How a map is written."""

    JSON = "json"
    SVG = "svg"
    MERMAID = "mermaid"


def router(pool: Pool, keys: Keys, journeys: Journeys, builds: RunsOfBuild) -> APIRouter:
    """The routes.

    Args:
        pool: Where runs are counted.
        keys: Who may look.
        journeys: Those of this deployment.
        builds: Knows which runs a build has.
    """
    described = {each.name: each for each in describe(journeys)}
    routes = APIRouter(prefix="/api/v1/journeys", tags=["journeys"], dependencies=[Depends(bearer(keys, Scope.READ))])

    @routes.get("")
    async def list_all() -> JourneyList:
        """Lists the journeys of this deployment."""
        return JourneyList(journeys=tuple(described.values()))

    @routes.get("/{name}")
    async def read(name: Name) -> JourneyShown:
        """Tells what a journey does, and how many runs of it there are in each state."""
        if name not in described:
            raise NotFound(f"no journey is named {name!r}; there are: {', '.join(described) or 'none'}")
        return JourneyShown(journey=described[name], runs=dict(await count_runs(pool, name)))

    @routes.get("/{name}/map", response_model=MapShown, responses={200: {"content": {"image/svg+xml": {}}}})
    async def read_map(
        name: Name,
        form: Annotated[MapFormat, Query(alias="format")] = MapFormat.JSON,
        counts: Annotated[bool, Query(description="Count the runs that came to each step.")] = False,
        since: Annotated[Instant | None, Query(description="Of runs that started then or later.")] = None,
        until: Annotated[Instant | None, Query(description="And before then; without it, now.")] = None,
        build: Annotated[str | None, Query(description="Of those whose last step this build took.")] = None,
    ) -> Response | MapShown:
        """Draws a journey from its code. Without `since`, counts are of the runs that started in the last 30 days."""
        drawn = map_of(journeys, name)
        end = until or datetime.now(UTC)
        begin = since or end - _MONTH
        if begin >= end:
            raise HTTPException(status.HTTP_400_BAD_REQUEST, f"since ({begin}) must lie before until ({end})")
        among = await builds.find(name, build) if build is not None else None
        counting = counts or build is not None
        counted = await count_map(pool, drawn, since=begin, until=end, among=among) if counting else None
        notes = notes_of(drawn, counted) if counted is not None else {}
        match form:
            case MapFormat.SVG:
                return Response(to_svg(drawn, notes), media_type="image/svg+xml")
            case MapFormat.MERMAID:
                return Response(to_mermaid(drawn, notes), media_type="text/plain; charset=utf-8")
        return MapShown(map=drawn, counts=counted)

    return routes
