"""Analytics: lift with intervals, attribution by six models, paths, key figures; worked out when asked."""

from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Depends, Response

from api.analytics_process import AnalyticsProcess, NoAnswer
from api.console.analytics_questions import Form, Questions, Text, read_form
from api.console.analytics_rows import Row, attribution_rows, lift_rows, path_rows
from api.console.console_route import ConsoleRoute
from api.console.csv_answer import csv_answer
from api.console.guard import Guard, Viewer
from api.console.kpi_rows import cohort_rows, conversion_rows, figure_rows, message_rows, together
from api.console.rendering import render
from fermata.errors import InvalidEvent, NotFound

_TABLES: dict[str, Callable[[Row], list[Row]]] = {
    "lift": lift_rows,
    "attribution": attribution_rows,
    "paths": path_rows,
    "conversion": conversion_rows,
    "messages": message_rows,
    "figures": figure_rows,
    "cohorts": cohort_rows,
}
_TABS = {
    "lift": ("lift",),
    "attribution": ("attribution",),
    "paths": ("paths",),
    "figures": ("figures", "conversion", "messages", "cohorts"),
}
_OF_THE_CHART = ("least", "most")  # the ends of its scale, which no table needs


def router(guard: Guard, questions: Questions, process: AnalyticsProcess) -> APIRouter:
    """The routes.

    Args:
        guard: Who may look.
        questions: Reads what is asked.
        process: Works the answers out.
    """
    routes = APIRouter(prefix="/analytics", route_class=ConsoleRoute)

    @routes.get("")
    async def show(
        viewer: Annotated[Viewer, Depends(guard.viewer)],
        form: Annotated[Form, Depends(read_form)],
        tab: Text = "lift",
        ask: Text = "",
    ) -> Response:
        tab = tab if tab in _TABS else "lift"
        values: dict[str, object] = {"tables": None, "problem": None, **_around(tab, form, questions)}
        if ask:
            try:
                found = orjson.loads(await process.ask(questions.of(tab, form)))
            except (NoAnswer, NotFound, InvalidEvent) as error:
                values["problem"] = str(error)
            else:
                values |= _shown(tab, found)
        return render("analytics", viewer, values, title="Analytics", section="analytics")

    @routes.get("/{table}.csv", dependencies=[Depends(guard.viewer)])
    async def as_file(table: str, form: Annotated[Form, Depends(read_form)]) -> Response:
        if table not in _TABLES:
            raise NotFound(f"there is no table {table!r}; there are {', '.join(_TABLES)}")
        rows = _TABLES[table](orjson.loads(await process.ask(questions.of(table, form))))
        lines = [_line(row) for row in rows]
        columns = list(lines[0]) if lines else ["nothing"]
        return csv_answer(table, columns, (list(line.values()) for line in lines))

    return routes


def _around(tab: str, form: Form, questions: Questions) -> dict[str, object]:
    """What stands around an answer: the tabs, and the form as it was filled in."""
    try:
        time = questions.time(tab, form)
        since, until, words = time.first.isoformat(), time.last.isoformat(), time.words
    except InvalidEvent:  # told when it is asked
        since, until, words = form.since, form.until, ""
    asked = {"journey": form.journey, "event": form.event, "since": since, "until": until, "within": form.within}
    return {
        "tab": tab,
        "tabs": [{"name": name, "label": _label(name)} for name in _TABS],
        "journeys": sorted(questions.registry),
        "asked": asked,
        "query": urlencode(asked),
        "time": words,
    }


def _label(tab: str) -> str:
    return "Key figures" if tab == "figures" else tab.capitalize()


def _shown(tab: str, found: Row) -> dict[str, object]:
    """An answer as the tables of its tab."""
    tables = {name: _TABLES[name](found) for name in _TABS[tab]}
    more = _of_cohorts(tables["cohorts"]) if tab == "figures" else {}
    return {"tables": tables, "nothing": not any(tables.values()), **more}


def _of_cohorts(rows: list[Row]) -> dict[str, object]:
    """What the chart of cohorts shows, and what their cells are shaded by."""
    faint = [row["shares"] for row in rows]
    known = [share for shares in faint for share in shares if share is not None]
    return {"together": together(rows), "faint": faint, "most": max(known, default=0.0)}


def _line(row: Row) -> dict[str, object]:
    """A row as a line of a file: a list lies in columns of its own."""
    line: dict[str, object] = {}
    for name, value in row.items():
        if isinstance(value, list):
            line |= {f"{name}_{place}": each for place, each in enumerate(value, 1)}
        elif name not in _OF_THE_CHART:
            line[name] = value
    return line
