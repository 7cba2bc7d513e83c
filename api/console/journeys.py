"""Journeys: a list, and each with its map drawn from its code, the counts of its steps as a table, and its runs."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from api.console.console_route import ConsoleRoute
from api.console.csv_answer import csv_answer
from api.console.guard import Guard, Viewer
from api.console.plain import plain
from api.console.rendering import HEADERS, render
from fermata.database import Pool
from fermata.errors import DefinitionError, NotFound
from fermata.journeys.map import JourneyMap
from fermata.journeys.map_svg import to_svg
from fermata.runs import count_runs, list_runs
from fermata.runs.map_counts import MapCounts, count_map
from fermata.runs.map_notes import notes_of
from fermata.runs.record import RunState
from fermata.runs.standing import stand_of_runs
from workflows.description import JourneyDescription, describe
from workflows.discovery import Journeys
from workflows.mapping import map_of

_RUNS = 10
Name = Annotated[str, Path(min_length=1, max_length=200, pattern="^[^\\x00]*$")]
Days = Annotated[int, Query(ge=1, le=730)]
# The map is a picture of its own: its style stands in it, and nothing else is loaded.
_PICTURE = {**HEADERS, "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


def router(pool: Pool, guard: Guard, journeys: Journeys) -> APIRouter:
    """The routes.

    Args:
        pool: Where runs are counted.
        guard: Who may look.
        journeys: Those of this deployment.
    """
    described = {each.name: each for each in describe(journeys)}
    routes = APIRouter(prefix="/journeys", route_class=ConsoleRoute)

    @routes.get("")
    async def show(viewer: Annotated[Viewer, Depends(guard.viewer)]) -> Response:
        standing = await stand_of_runs(pool, datetime.now(UTC) - timedelta(days=30))
        counted: dict[str, dict[RunState, int]] = {}
        for each in standing:
            counted.setdefault(each.journey, {})[each.state] = each.runs
        listed = [
            {
                "journey": plain(each),
                "active": counted.get(each.name, {}).get(RunState.ACTIVE, 0),
                "converted": counted.get(each.name, {}).get(RunState.CONVERTED, 0),
            }
            for each in described.values()
        ]
        return render("journeys", viewer, {"journeys": listed}, title="Journeys", section="journeys")

    @routes.get("/{name}")
    async def show_one(name: Name, viewer: Annotated[Viewer, Depends(guard.viewer)], days: Days = 30) -> Response:
        journey = _one(described, name)
        drawn, fault = _drawn(journeys, name)
        counts = await _counts(pool, drawn, days) if drawn is not None else None
        values = {
            "journey": plain(journey),
            "states": {state.value: runs for state, runs in (await count_runs(pool, name)).items()},
            "days": days,
            "drawn": drawn is not None,
            "fault": fault,
            "unread": plain(drawn.unread) if drawn is not None else [],
            "started": counts.started if counts is not None else 0,
            "steps": _steps(drawn, counts) if drawn is not None and counts is not None else [],
            "runs": plain((await list_runs(pool, journey=name, limit=_RUNS)).items),
        }
        return render("journey", viewer, values, title=name.replace("_", " "), section="journeys")

    @routes.get("/{name}/map.svg", dependencies=[Depends(guard.viewer)])
    async def picture(name: Name, days: Days = 30) -> Response:
        drawn = map_of(journeys, _one(described, name).name)
        notes = notes_of(drawn, await _counts(pool, drawn, days))
        return Response(to_svg(drawn, notes), media_type="image/svg+xml", headers=_PICTURE)

    @routes.get("/{name}/steps.csv", dependencies=[Depends(guard.viewer)])
    async def steps_file(name: Name, days: Days = 30) -> Response:
        drawn = map_of(journeys, _one(described, name).name)
        steps = _steps(drawn, await _counts(pool, drawn, days))
        columns = ("label", "came_near", "reached", "sent", "held", "dropped", "left_before", "converted")
        return csv_answer(f"steps-of-{name}", columns, ([step[column] for column in columns] for step in steps))

    return routes


def _one(described: dict[str, JourneyDescription], name: str) -> JourneyDescription:
    if name not in described:
        raise NotFound(f"no journey is named {name!r} here; it may have been taken out since its runs began")
    return described[name]


def _drawn(journeys: Journeys, name: str) -> tuple[JourneyMap | None, str]:
    try:
        return map_of(journeys, name), ""
    except DefinitionError as error:
        return None, str(error)


async def _counts(pool: Pool, drawn: JourneyMap, days: int) -> MapCounts:
    now = datetime.now(UTC)
    return await count_map(pool, drawn, since=now - timedelta(days=days), until=now)


def _steps(drawn: JourneyMap, counts: MapCounts) -> list[dict[str, object]]:
    """The steps that send, in the order of the map, with how many came, went on and left."""
    return [
        {"label": step.label, **counts.steps[step.id].model_dump()} for step in drawn.steps if step.id in counts.steps
    ]
