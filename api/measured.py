"""Measures every request: its route, its status, and how long the answer took to begin."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.meters import ApiMeters

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NO_ROUTE = "none"  # turned away before it was routed, or a path that there is not
_NO_ANSWER = 499  # whoever asked has hung up before
_FAULT = 500  # what is answered outside of here


class Measured:
    """Counts what an application answers.

    Args:
        app: What answers.
        meters: What counts.
    """

    def __init__(self, app: ASGIApp, meters: ApiMeters) -> None:
        self._app = app
        self._meters = meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, took = time.perf_counter(), 0, 0.0

        async def heard(message: Message) -> None:
            nonlocal status, took
            if message["type"] == "http.response.start":
                status, took = message["status"], time.perf_counter() - began
            await send(message)

        try:
            await self._app(scope, receive, heard)
        except Exception:
            status, took = status or _FAULT, took or time.perf_counter() - began
            raise
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            if not status:
                status, took = _NO_ANSWER, time.perf_counter() - began
            self._meters.answered(method, route_of(scope), status, took)


def route_of(scope: Scope) -> str:
    """The pattern of a request's path, ``/api/v1/profiles/{profile}``, once it is routed.

    Args:
        scope: Of the request.
    """
    route = scope.get("route")
    return str(getattr(route, "path", _NO_ROUTE))
