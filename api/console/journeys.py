"""Journeys: a list, and each with its map drawn from its code, the counts of its steps as a table, and its runs."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Response

from api.console.console_route import ConsoleRoute
from api.console.csv_answer import csv_answer
from api.console.guard import Guard, Viewer
from api.console.journey_measured import USUAL, Asked, Measured, read_asked
from api.console.plain import plain
from api.console.rendering import HEADERS, render
from api.console.step_rows import step_rows
from fermata.database import Pool
from fermata.errors import DefinitionError, NotFound
from fermata.journeys.map import JourneyMap
from fermata.journeys.map_svg import to_svg
from fermata.runs import count_runs, list_runs
from fermata.runs.map_notes import notes_of
from fermata.runs.record import RunState
from fermata.runs.standing import JourneyStanding, stand_of_runs
from workflows.description import JourneyDescription, describe
from workflows.discovery import Journeys
from workflows.mapping import map_of

_RUNS = 10
_MONTH = timedelta(days=30)
_SPANS = (1, 7, 30, 90)  # days
Name = Annotated[str, Path(min_length=1, max_length=200, pattern="^[^\\x00]*$")]
# The map is a picture of its own: its style stands in it, and nothing else is loaded.
_PICTURE = {**HEADERS, "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


def router(pool: Pool, guard: Guard, journeys: Journeys, measured: Measured) -> APIRouter:
    """The routes.

    Args:
        pool: Where runs are.
        guard: Who may look.
        journeys: Those of this deployment.
        measured: Counts the runs of their maps, and says what they bring.
    """
    described = {each.name: each for each in describe(journeys)}
    routes = APIRouter(prefix="/journeys", route_class=ConsoleRoute)

    @routes.get("")
    async def show(viewer: Annotated[Viewer, Depends(guard.viewer)]) -> Response:
        standing = await stand_of_runs(pool, datetime.now(UTC) - _MONTH, (RunState.ACTIVE, RunState.CONVERTED))
        return render(
            "journeys", viewer, {"journeys": _listed(described, standing)}, title="Journeys", section="journeys"
        )

    @routes.get("/{name}")
    async def show_one(
        name: Name, viewer: Annotated[Viewer, Depends(guard.viewer)], asked: Annotated[Asked, Depends(read_asked)]
    ) -> Response:
        journey = _one(described, name)
        drawn, fault = _drawn(journeys, name)
        values = {
            "journey": plain(journey),
            "states": {state.value: runs for state, runs in (await count_runs(pool, name)).items()},
            "drawn": drawn is not None,
            "fault": fault,
            "unread": plain(drawn.unread) if drawn is not None else [],
            "spans": _spans(asked),
            "runs": plain((await list_runs(pool, journey=name, limit=_RUNS)).items),
            **await measured.counted(drawn, asked),
            **await measured.lift(name, asked),
            "lift_query": urlencode({"journey": name, "since": asked.since, "until": asked.until}),
        }
        return render("journey", viewer, values, title=name.replace("_", " "), section="journeys")

    routes.include_router(_files(guard, described, journeys, measured))
    return routes


def _files(
    guard: Guard, described: Mapping[str, JourneyDescription], journeys: Journeys, measured: Measured
) -> APIRouter:
    """A journey's map as a picture, and the counts of its steps as CSV."""
    routes = APIRouter(route_class=ConsoleRoute)

    @routes.get("/{name}/map.svg", dependencies=[Depends(guard.viewer)])
    async def picture(name: Name, asked: Annotated[Asked, Depends(read_asked)]) -> Response:
        drawn = map_of(journeys, _one(described, name).name)
        notes = notes_of(drawn, await measured.count(drawn, asked))
        return Response(to_svg(drawn, notes), media_type="image/svg+xml", headers=_PICTURE)

    @routes.get("/{name}/steps.csv", dependencies=[Depends(guard.viewer)])
    async def steps_file(name: Name, asked: Annotated[Asked, Depends(read_asked)]) -> Response:
        drawn = map_of(journeys, _one(described, name).name)
        steps = step_rows(drawn, await measured.count(drawn, asked))
        columns = ("label", "came_near", "reached", "sent", "held", "dropped", "left_before", "converted")
        return csv_answer(f"steps-of-{name}", columns, ([step[column] for column in columns] for step in steps))

    return routes


def _listed(
    described: Mapping[str, JourneyDescription], standing: Sequence[JourneyStanding]
) -> list[dict[str, object]]:
    counted: dict[str, dict[RunState, int]] = {}
    for each in standing:
        counted.setdefault(each.journey, {})[each.state] = each.runs
    return [
        {
            "journey": plain(each),
            "active": counted.get(each.name, {}).get(RunState.ACTIVE, 0),
            "converted": counted.get(each.name, {}).get(RunState.CONVERTED, 0),
        }
        for each in described.values()
    ]


def _spans(asked: Asked) -> list[dict[str, object]]:
    """The usual times, each a link."""
    today = datetime.now(UTC).date()
    firsts = [(days, (today - timedelta(days=days - 1)).isoformat()) for days in _SPANS]
    usual = dict(firsts)[USUAL]
    return [
        {"days": days, "since": first, "is_asked": not asked.until and (asked.since or usual) == first}
        for days, first in firsts
    ]


def _one(described: Mapping[str, JourneyDescription], name: str) -> JourneyDescription:
    if name not in described:
        raise NotFound(f"no journey is named {name!r} here; it may have been taken out since its runs began")
    return described[name]


def _drawn(journeys: Journeys, name: str) -> tuple[JourneyMap | None, str]:
    try:
        return map_of(journeys, name), ""
    except DefinitionError as error:
        return None, str(error)
