"""Analytics: lift with its intervals, attribution by six models, paths before an outcome; worked out when asked."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Response

from api.analytics_process import AnalyticsProcess, NoAnswer
from api.console.analytics_rows import attribution_rows, lift_rows, path_rows
from api.console.console_route import ConsoleRoute
from api.console.csv_answer import csv_answer
from api.console.guard import Guard, Viewer
from api.console.rendering import render
from fermata.analytics.asked import Asked, AttributionAsked, LiftAsked, PathsAsked
from fermata.errors import NotFound
from fermata.journeys import GlobalHoldout, Registry

_ORDER = "Order Completed"
_TABS = ("lift", "attribution", "paths")
_ROWS = {"lift": lift_rows, "attribution": attribution_rows, "paths": path_rows}
Text = Annotated[str, Query(max_length=200, pattern="^[^\\x00]*$")]
Days = Annotated[int, Query(ge=1, le=3650)]


def router(guard: Guard, registry: Registry, holdout: GlobalHoldout, process: AnalyticsProcess) -> APIRouter:
    """The routes.

    Args:
        guard: Who may look.
        registry: The journeys that can be asked about.
        holdout: Of the deployment.
        process: Works the answers out.
    """
    routes = APIRouter(prefix="/analytics", route_class=ConsoleRoute)

    def question(tab: str, journey: str, event: str, days: int, within: int) -> Asked:
        now = datetime.now(UTC)
        times = {"since": now - timedelta(days=days), "until": now}
        if tab == "attribution":
            return AttributionAsked(conversion=event or _ORDER, **times)
        if tab == "paths":
            return PathsAsked(outcome=event or _ORDER, horizon=timedelta(days=within), **times)
        definition = registry[journey] if journey else None
        goal = event or (definition.goal if definition is not None else _ORDER)
        if not goal:
            raise NoAnswer(f"the journey {journey!r} has no goal: say what people should do")
        share = definition.holdout if definition is not None else holdout.share
        return LiftAsked(
            journey=journey or None,
            event=goal,
            within=timedelta(days=within),
            share=share,
            salt=holdout.salt,
            now=now,
            **times,
        )

    @routes.get("")
    async def show(
        viewer: Annotated[Viewer, Depends(guard.viewer)],
        tab: Text = "lift",
        journey: Text = "",
        event: Text = "",
        days: Days = 90,
        within: Days = 14,
        ask: Text = "",
    ) -> Response:
        tab, problem, rows = tab if tab in _TABS else "lift", None, None
        if ask:
            try:
                found: dict[str, Any] = orjson.loads(await process.ask(question(tab, journey, event, days, within)))
                rows = _ROWS[tab](found)
            except (NoAnswer, NotFound) as error:
                problem = str(error)
        values = {
            "tab": tab,
            "tabs": list(_TABS),
            "journeys": sorted(registry),
            "asked": {"journey": journey, "event": event, "days": days, "within": within},
            "problem": problem,
            "rows": rows,
            "count": len(rows) if rows is not None else 0,
        }
        return render("analytics", viewer, values, title="Analytics", section="analytics")

    @routes.get("/{tab}.csv", dependencies=[Depends(guard.viewer)])
    async def as_file(tab: str, journey: Text = "", event: Text = "", days: Days = 90, within: Days = 14) -> Response:
        if tab not in _TABS:
            raise NotFound(f"there is no table {tab!r}; there are {', '.join(_TABS)}")
        rows = _ROWS[tab](orjson.loads(await process.ask(question(tab, journey, event, days, within))))
        columns = [name for name in rows[0] if name not in ("least", "most")] if rows else ["nothing"]
        return csv_answer(tab, columns, ([row[column] for column in columns] for row in rows))

    return routes
