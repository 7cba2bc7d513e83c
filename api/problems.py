"""How errors look: what the Segment SDKs expect under ``/v1``, problem details (RFC 9457) everywhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from http import HTTPStatus
from math import ceil
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response, status
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.analytics_process import NoAnswer, Unanswered
from api.json_response import JsonResponse
from api.measured import route_of
from fermata.database import AWAY
from fermata.errors import InvalidEvent, NotFound, Overloaded, TooManyRequests, Unavailable
from fermata.policy import InvalidPolicy

_BUSY = "more comes in than can be stored; nothing of this request is, send it again"

_log = structlog.get_logger("fermata.api")
_AWAY: tuple[type[Exception], ...] = (Unavailable, *AWAY)
_LATER = {"Retry-After": "60"}
_RETRY = {"Retry-After": "1"}  # seconds; the SDKs back off by themselves after that


def install(app: FastAPI) -> None:
    """Teaches the application what to answer to each error."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(InvalidEvent, _invalid_event)
    app.add_exception_handler(InvalidPolicy, _invalid_policy)
    app.add_exception_handler(NotFound, _not_found)
    app.add_exception_handler(TooManyRequests, _too_many)
    app.add_exception_handler(NoAnswer, _no_answer)
    app.add_exception_handler(Unanswered, _unanswered)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Overloaded, _overloaded)
    for away in _AWAY:
        app.add_exception_handler(away, _away)
    app.add_exception_handler(Exception, _unforeseen)


def busy(request: Request, again_in: int) -> Response:
    """What is answered where more comes in than can be done.

    Args:
        request: Which is turned away.
        again_in: Seconds after which it is to come again.
    """
    return _answer(request, status.HTTP_503_SERVICE_UNAVAILABLE, _BUSY, headers={"Retry-After": str(again_in)})


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - starlette types every handler alike
    return _answer(request, error.status_code, str(error.detail), headers=error.headers)


async def _invalid_event(request: Request, error: Exception) -> Response:
    field = error.field if isinstance(error, InvalidEvent) else ""
    return _answer(request, status.HTTP_400_BAD_REQUEST, str(error), field=field)


async def _invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    return _answer(request, status.HTTP_422_UNPROCESSABLE_CONTENT, first["msg"], field=field)


async def _invalid_policy(request: Request, error: Exception) -> Response:
    assert isinstance(error, InvalidPolicy)  # noqa: S101
    problems = [asdict(problem) for problem in error.problems]
    return _answer(request, status.HTTP_422_UNPROCESSABLE_CONTENT, str(error), problems=problems)


async def _not_found(request: Request, error: Exception) -> Response:
    return _answer(request, status.HTTP_404_NOT_FOUND, str(error))


async def _too_many(request: Request, error: Exception) -> Response:
    assert isinstance(error, TooManyRequests)  # noqa: S101
    later = {"Retry-After": str(ceil(error.wait.total_seconds()))}
    return _answer(request, status.HTTP_429_TOO_MANY_REQUESTS, str(error), headers=later)


async def _no_answer(request: Request, error: Exception) -> Response:
    return _answer(request, status.HTTP_422_UNPROCESSABLE_CONTENT, str(error))


async def _unanswered(request: Request, error: Exception) -> Response:
    return _answer(request, status.HTTP_503_SERVICE_UNAVAILABLE, str(error), headers=_LATER)


async def _overloaded(request: Request, error: Exception) -> Response:
    _log.warning("answered 503", route=route_of(request.scope), error=str(error))
    return _answer(request, status.HTTP_503_SERVICE_UNAVAILABLE, str(error), headers=_RETRY)


async def _gone(request: Request, error: Exception) -> Response:
    del request, error
    return Response(status_code=status.HTTP_400_BAD_REQUEST)  # nobody is there to read it


async def _away(request: Request, error: Exception) -> Response:
    _log.warning("answered 503", route=route_of(request.scope), error=f"{type(error).__name__}: {error}")
    problem = "the database does not answer; nothing is stored, send the request again"
    return _answer(request, status.HTTP_503_SERVICE_UNAVAILABLE, problem, headers=_RETRY)


async def _unforeseen(request: Request, error: Exception) -> Response:
    # The server logs the traceback; the caller is told nothing of our inside.
    del error
    return _answer(request, status.HTTP_500_INTERNAL_SERVER_ERROR, "something failed here; it is logged")


def _answer(
    request: Request,
    code: int,
    problem: str,
    *,
    field: str = "",
    problems: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    if request.url.path.startswith("/v1/"):
        # Segment's and RudderStack's own libraries read code and message; without them RudderStack's tries again.
        said = {"success": False, "code": HTTPStatus(code).name.lower(), "message": problem}
        error = {"field": field, "message": problem}
        return JsonResponse({**said, "error": error}, status_code=code, headers=headers)
    title = HTTPStatus(code).phrase
    details: dict[str, Any] = {"type": "about:blank", "title": title, "status": code, "detail": problem}
    if field:
        details["field"] = field
    if problems:
        details["problems"] = problems
    return JsonResponse(details, status_code=code, headers=headers, media_type="application/problem+json")
