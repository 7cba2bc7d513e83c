"""Errors of the console as pages: whoever looks at HTML is told in HTML, and whoever is not logged in is asked to."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import Request, Response, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api.console.guard import LoginWanted
from api.console.rendering import HEADERS, render
from fermata.database import AWAY
from fermata.errors import FermataError, InvalidEvent, NotFound, TooManyRequests, Unavailable

_log = structlog.get_logger("fermata.console")
_AWAY: tuple[type[Exception], ...] = (Unavailable, *AWAY)
_FORESEEN: tuple[type[Exception], ...] = (HTTPException, RequestValidationError, FermataError, *AWAY)


class ConsoleRoute(APIRoute):
    """A route whose errors are pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except LoginWanted:
                here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                place = f"/console/login?next={quote(here, safe='')}" if request.method == "GET" else "/console/login"
                return RedirectResponse(place, status.HTTP_303_SEE_OTHER, headers=HEADERS)
            except _FORESEEN as error:
                return _page(error)

        return handle


def _page(error: Exception) -> Response:
    code, problem = _told(error)
    title = HTTPStatus(code).phrase.capitalize()
    answer = render("problem", None, {"problem": problem, "code": code}, title=title, status=code)
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    return answer


def _told(error: Exception) -> tuple[int, str]:
    match error:
        case HTTPException():
            return error.status_code, str(error.detail)
        case RequestValidationError():
            first = error.errors()[0]
            return status.HTTP_400_BAD_REQUEST, f"{first['loc'][-1]}: {first['msg']}"
        case NotFound():
            return status.HTTP_404_NOT_FOUND, str(error)
        case TooManyRequests():
            return status.HTTP_429_TOO_MANY_REQUESTS, str(error)
        case InvalidEvent():
            return status.HTTP_400_BAD_REQUEST, str(error)
        case _ if isinstance(error, _AWAY):
            _log.warning("answered 503", error=f"{type(error).__name__}: {error}")
            return status.HTTP_503_SERVICE_UNAVAILABLE, "the database does not answer; nothing is lost, try again"
    return status.HTTP_409_CONFLICT, str(error)
