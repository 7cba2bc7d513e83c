"""Serves an ASGI application on loopback inside this process, on a port that it holds from the start."""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import timedelta
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from cli.stack.ports import LOOPBACK, listening_socket
from cli.stack.waiting import until
from fermata.errors import Unavailable

_START_LIMIT = timedelta(seconds=10)
_STOP_LIMIT = 2  # seconds; for requests that are under way


class _Server(uvicorn.Server):
    """Leaves the signals to the program that it is a part of."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class HttpServer:
    """A running HTTP server.

    ``async with HttpServer(app) as server: await httpx.AsyncClient().get(server.url)``

    Args:
        app: The application.
        port: Where it listens on 127.0.0.1; 0 takes a free port.
    """

    def __init__(self, app: ASGIApp, *, port: int = 0) -> None:
        self.port = port
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        config.timeout_graceful_shutdown = _STOP_LIMIT
        self._server = _Server(config)
        self._serving: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        listener = listening_socket(self.port)
        self.port = listener.getsockname()[1]
        self._serving = serving = asyncio.create_task(self._server.serve([listener]))
        if not await until(lambda: self._server.started or serving.done(), limit=_START_LIMIT):
            raise Unavailable(f"the HTTP server on port {self.port} did not start within {_START_LIMIT}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._serving is not None:
            self._server.should_exit = True
            await self._serving

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.port}"
