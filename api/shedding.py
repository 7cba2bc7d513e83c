"""Turns requests away at once, with 503, while as many are under way as the process can hold: before it falls over."""

import random
import time

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api import problems

_DOORS = ("/v1/", "/webhooks/")  # whatever brings events; who looks, operates or asks for health is never turned away
_LARGEST = 512 * 1024  # bytes: of a body that does not say how large it is, or is unpacked here
_SOONEST, _LATEST = 1, 5  # seconds: spread, or those turned away together would come again together
_BETWEEN_WORDS = 10.0  # seconds

_log = structlog.get_logger("fermata.api")


class Room:
    """How much that brings events may be under way at once in one process.

    Args:
        requests: So many requests.
        size: So many bytes of bodies.
    """

    def __init__(self, *, requests: int = 1000, size: int = 32 * 1024 * 1024) -> None:
        self._most_requests = requests
        self._most_bytes = size
        self.requests = 0
        self.size = 0
        self.turned_away = 0
        self._said_at = float("-inf")

    def enter(self, size: int) -> bool:
        """Takes room for a body of so many bytes; False where there is none. One that is alone always finds room."""
        full = self.requests >= self._most_requests or (self.requests and self.size + size > self._most_bytes)
        if full:
            self.turned_away += 1
            self._say()
            return False
        self.requests += 1
        self.size += size
        return True

    def leave(self, size: int) -> None:
        """Gives it back."""
        self.requests -= 1
        self.size -= size

    def _say(self) -> None:
        now = time.monotonic()
        if now - self._said_at >= _BETWEEN_WORDS:
            self._said_at = now
            _log.warning("turning events away: more comes in than can be stored", turned_away=self.turned_away)


class Shedding:
    """Lets a request that brings events in where there is room for it.

    Args:
        app: What answers.
        room: What may be under way.
    """

    def __init__(self, app: ASGIApp, room: Room) -> None:
        self._app = app
        self._room = room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_DOORS):
            await self._app(scope, receive, send)
            return
        size = _size(scope)
        if not self._room.enter(size):
            busy = problems.busy(Request(scope), random.randint(_SOONEST, _LATEST))  # noqa: S311 - it spreads
            await busy(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            self._room.leave(size)


def _size(scope: Scope) -> int:
    said = _LARGEST
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            said = min(int(value), _LARGEST)
        elif name == b"content-encoding" and value != b"identity":
            return _LARGEST
    return said
