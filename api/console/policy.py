"""Policy: the one in force, those before it, and an edit that is tried on recorded decisions before it is activated."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Response, status
from fastapi.responses import RedirectResponse

from api.console.console_route import ConsoleRoute
from api.console.guard import Guard, Sent, Viewer
from api.console.plain import plain
from api.console.rendering import HEADERS, render
from fermata.access import Scope
from fermata.audit import Act, recorded
from fermata.database import Pool
from fermata.ledger.backtest import backtest
from fermata.ledger.backtest_result import Backtest
from fermata.ledger.policies import history, in_force, put_in_force, stored_policy
from fermata.policy import InvalidPolicy

_LARGEST = 256 * 1024  # characters
_LARGEST_FORM = 3 * _LARGEST + 4096  # bytes
_HISTORY = 50
_LONGEST = 25.0  # seconds that somebody waits for a backtest here; the command line has no limit
_SPANS = (1, 7, 30)
Version = Annotated[str, Path(max_length=100, pattern="^sha256:[0-9a-f]+$")]


def router(pool: Pool, guard: Guard) -> APIRouter:
    """The routes.

    Args:
        pool: Where policies are kept.
        guard: Who may look and change.
    """
    routes = APIRouter(prefix="/policy", route_class=ConsoleRoute)

    @routes.get("")
    async def show(viewer: Annotated[Viewer, Depends(guard.viewer)]) -> Response:
        standing = await in_force(pool)
        document = (await stored_policy(pool, standing.version)).document if standing is not None else ""
        values = {
            "standing": plain(standing),
            "history": plain(await history(pool, limit=_HISTORY)),
            **_editing(document),
        }
        return render("policy", viewer, values, title="Policy", section="policy")

    @routes.get("/versions/{version}")
    async def show_version(version: Version, viewer: Annotated[Viewer, Depends(guard.viewer)]) -> Response:
        values = {"policy": plain(await stored_policy(pool, version))}
        return render("policy_version", viewer, values, title="A policy", section="policy")

    @routes.post("/try")
    async def try_it(sent: Annotated[Sent, Depends(guard.sent(Scope.READ, most=_LARGEST_FORM))]) -> Response:
        document, days = _document(sent), sent.text("days", most=3)
        span = int(days) if days in map(str, _SPANS) else _SPANS[0]
        values = {**_editing(document), "days": span, "note": sent.text("note", most=500)}
        try:
            found = await _decided_again(pool, document, span)
        except InvalidPolicy as error:
            values["problems"] = plain(error.problems)
            return render("policy_try", sent.viewer, values, title="Try a policy", section="policy", status=422)
        standing = await in_force(pool)
        values["found"] = plain(found)
        values["is_in_force"] = standing is not None and standing.version == found.policy
        return render("policy_try", sent.viewer, values, title="Try a policy", section="policy")

    @routes.post("/activate")
    async def activate(sent: Annotated[Sent, Depends(guard.sent(Scope.ADMIN, most=_LARGEST_FORM))]) -> Response:
        note, now = sent.text("note", most=500), datetime.now(UTC)
        act = Act(sent.viewer.actor, "policy.activate")
        async with recorded(pool, act) as connection:
            made = await put_in_force(connection, _document(sent), author=act.actor.name, at=now, note=note or None)
            act.target = made.version
        return RedirectResponse("/console/policy", status.HTTP_303_SEE_OTHER, headers=HEADERS)

    return routes


async def _decided_again(pool: Pool, document: str, days: int) -> Backtest:
    """Decides what was decided lately under another policy.

    Raises:
        InvalidPolicy: The document cannot be used.
        HTTPException: 503, it takes longer than somebody waits for a page.
    """
    now = datetime.now(UTC)
    try:
        async with asyncio.timeout(_LONGEST):
            return await backtest(pool, document, since=now - timedelta(days=days), until=now)
    except TimeoutError:
        problem = (
            f"deciding {days} days again takes longer than {_LONGEST:.0f} s; take fewer days, "
            "or run `fermata policy backtest`"
        )
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, problem) from None


def _editing(document: str) -> dict[str, object]:
    """What the form for an edit shows."""
    return {"document": document, "spans": list(_SPANS), "days": 7, "note": "", "problems": [], "found": None}


def _document(sent: Sent) -> str:
    """The document of a form; browsers send lines that end as those of mail do."""
    return sent.text("document", most=_LARGEST).replace("\r\n", "\n") + "\n"
