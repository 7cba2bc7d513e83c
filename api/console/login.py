"""The way in and the way out: a key is shown once, and a session stands for it until it is over."""

from datetime import UTC, datetime
from math import ceil
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response, status
from fastapi.responses import RedirectResponse

from api.console.console_route import ConsoleRoute
from api.console.guard import Guard, Sent, from_here
from api.console.rendering import HEADERS, render
from api.console.throttle import Throttle
from api.link_form import read_form
from fermata.access import Keys, Scope, allows
from fermata.access.sessions import LIFETIME, close_session, open_session
from fermata.audit import Act, Actor, Door, Outcome, recorded, write
from fermata.database import Pool

_log = structlog.get_logger("fermata.console")
_HOME = "/console"
_LONGEST_KEY = 500


def router(pool: Pool, keys: Keys, guard: Guard) -> APIRouter:
    """The routes.

    Args:
        pool: Where sessions are kept.
        keys: Who may log in.
        guard: Sets the cookie.
    """
    routes = APIRouter(route_class=ConsoleRoute)
    throttle = Throttle()

    @routes.get("/login")
    async def ask(after: Annotated[str, Query(alias="next", max_length=2000)] = _HOME) -> Response:
        return _form(after)

    @routes.post("/login")
    async def log_in(request: Request) -> Response:
        from_here(request)
        now, address = datetime.now(UTC), request.client.host if request.client is not None else ""
        form = await read_form(request)
        after, secret = form.get("next", [_HOME])[0], form.get("key", [""])[0].strip()
        _may_try(throttle, address, now)
        key = await keys.find(secret) if 0 < len(secret) <= _LONGEST_KEY else None
        act = Act(Actor(key.name if key is not None else "", Door.CONSOLE), "console.log_in")
        if key is None or not allows(key.scopes, Scope.READ):
            act.outcome, act.detail = Outcome.REFUSED, "unknown key" if key is None else "lacks the scope read"
            await write(pool, act)
        if key is None:
            throttle.wrong(address, now)
            _log.warning("a wrong key at the console", address=address)
            return _form(after, "This key is not known here. It begins with fk_api_ or fk_admin_.", code=401)
        if not allows(key.scopes, Scope.READ):
            return _form(after, f"The key {key.name!r} may not read. Take one with the scope read.", code=403)
        async with recorded(pool, act) as connection:
            session = await open_session(connection, secret, now)
        _log.info("logged in to the console", key=key.name)
        return _let_in(guard, session, after)

    @routes.post("/logout")
    async def log_out(sent: Annotated[Sent, Depends(guard.sent(Scope.READ))]) -> Response:
        async with recorded(pool, Act(sent.viewer.actor, "console.log_out")) as connection:
            await close_session(connection, sent.viewer.secret)
        answer = RedirectResponse("/console/login", status.HTTP_303_SEE_OTHER, headers=HEADERS)
        answer.delete_cookie(guard.cookie.name, path="/", secure=guard.cookie.secure, httponly=True)
        return answer

    return routes


def _may_try(throttle: Throttle, address: str, now: datetime) -> None:
    """Refuses an address that has sent too many wrong keys.

    Raises:
        HTTPException: 429, with how long it must wait.
    """
    wait = throttle.wait(address, now)
    if wait is not None:
        headers = {"Retry-After": str(ceil(wait.total_seconds()))}
        problem = f"too many wrong keys from here; wait {ceil(wait.total_seconds() / 60)} min"
        raise HTTPException(status.HTTP_429_TOO_MANY_REQUESTS, problem, headers=headers)


def _let_in(guard: Guard, session: str, after: str) -> Response:
    answer = RedirectResponse(_inside(after), status.HTTP_303_SEE_OTHER, headers=HEADERS)
    answer.set_cookie(
        guard.cookie.name,
        session,
        max_age=int(LIFETIME.total_seconds()),
        path="/",  # also for /codec, which Temporal's UI asks
        secure=guard.cookie.secure,
        httponly=True,
        samesite="lax",  # a link in a chat opens the page; nothing that changes anything is a link
    )
    return answer


def _form(after: str, problem: str | None = None, *, code: int = 200) -> Response:
    return render("login", None, {"next": _inside(after), "problem": problem}, title="Log in", status=code)


def _inside(place: str) -> str:
    """A place to go to that is in the console: nobody can be led elsewhere by a link to the login."""
    inside = place == _HOME or place.startswith((f"{_HOME}/", f"{_HOME}?"))
    return place if inside and "\\" not in place and place.isprintable() else _HOME
