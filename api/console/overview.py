"""The first page: what was decided in the last day and why, what is held and until when, how the runs stand."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api.console.console_route import ConsoleRoute
from api.console.csv_answer import csv_answer
from api.console.guard import Guard, Viewer
from api.console.held import by_hour, hour_columns
from api.console.plain import plain
from api.console.rendering import render
from fermata.database import Pool
from fermata.ledger.lately import DecidedLately, HeldNow, decided_lately, held_now, next_held
from fermata.runs.record import RunState
from fermata.runs.standing import JourneyStanding, stand_of_runs
from fermata.vocabulary import Action

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_SOONEST = 8
_TONES = {Action.SEND: "go", Action.DEFER: "hold", Action.DROP: "stop"}
_OVER = [state for state in RunState if state is not RunState.ACTIVE]


def router(pool: Pool, guard: Guard) -> APIRouter:
    """The routes.

    Args:
        pool: Where all of it is counted.
        guard: Who may look.
    """
    routes = APIRouter(prefix="/console", route_class=ConsoleRoute)

    @routes.get("")
    async def show(viewer: Annotated[Viewer, Depends(guard.viewer)]) -> Response:
        now = datetime.now(UTC)
        decided, held, standing, soonest = await asyncio.gather(
            decided_lately(pool, now - _DAY),
            held_now(pool, now),
            stand_of_runs(pool, now - _WEEK),
            next_held(pool, _SOONEST),
        )
        hours = by_hour(held)
        values = {
            "totals": {action.value: _total(decided, action) for action in Action},
            "decided": [{**_plain(each), "tone": _TONES[each.action]} for each in decided],
            "most_decided": max((each.decisions for each in decided), default=0),
            "hours": plain(hours),
            "columns": hour_columns(hours, now),
            "later": sum(each.messages for each in hours if each.hour is None and not each.at_visit),
            "at_visit": sum(each.messages for each in hours if each.at_visit),
            "held": sum(each.messages for each in held),
            "soonest": plain(soonest),
            "over": [state.value for state in _OVER],
            "journeys": _journeys(standing),
            "active": sum(each.runs for each in standing if each.state is RunState.ACTIVE),
        }
        return render("overview", viewer, values, title="Overview", section="overview")

    @routes.get("/decided.csv", dependencies=[Depends(guard.viewer)])
    async def decided_file() -> Response:
        rows = await decided_lately(pool, datetime.now(UTC) - _DAY)
        lines = ((each.action.value, each.reason.value, each.decisions) for each in rows)
        return csv_answer("decisions-of-the-last-day", ("action", "reason", "decisions"), lines)

    @routes.get("/held.csv", dependencies=[Depends(guard.viewer)])
    async def held_file() -> Response:
        rows = await held_now(pool, datetime.now(UTC))
        lines = ((_until(each), each.reason.value, each.messages) for each in rows)
        return csv_answer("held-now", ("due in the hour from", "reason", "messages"), lines)

    return routes


def _plain(each: DecidedLately) -> dict[str, object]:
    return {"action": each.action.value, "reason": each.reason.value, "decisions": each.decisions}


def _until(each: HeldNow) -> str:
    if each.hour is not None:
        return each.hour.astimezone(UTC).isoformat()
    return "the next visit" if each.at_visit else "later than a day"


def _total(decided: Sequence[DecidedLately], action: Action) -> int:
    return sum(each.decisions for each in decided if each.action is action)


def _journeys(standing: Sequence[JourneyStanding]) -> list[dict[str, object]]:
    counted: dict[str, dict[RunState, int]] = {}
    for each in standing:
        counted.setdefault(each.journey, {})[each.state] = each.runs
    return [{"journey": name, "runs": _cells(states)} for name, states in counted.items()]


def _cells(states: Mapping[RunState, int]) -> list[dict[str, object]]:
    return [{"state": state.value, "runs": states.get(state, 0)} for state in (RunState.ACTIVE, *_OVER)]
