"""The worker's small HTTP port: ``/healthz`` (the process is there), ``/readyz`` (it does its work), ``/metrics``."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fermata.errors import ConfigurationError
from fermata.metrics_page import MEDIA_TYPE, MetricsPage
from worker.readiness import Readiness

_LONGEST_STOP = 2  # seconds: every answer is a short one
_MOST_AT_ONCE = 32  # connections; those who look in are few


class _Server(uvicorn.Server):
    """Leaves the signals to the worker."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def answering(
    readiness: Readiness, page: MetricsPage, *, host: str, port: int | None
) -> AsyncIterator[int | None]:
    """Answers while the block runs; yields the port, which is another where 0 was asked for.

    Args:
        readiness: What ``/readyz`` answers by.
        page: What ``/metrics`` answers.
        host: Where to listen.
        port: Where to listen; None serves nothing.

    Raises:
        ConfigurationError: The port is taken.
    """
    if port is None:
        yield None
        return
    config = uvicorn.Config(
        _surface(readiness, page),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=_MOST_AT_ONCE,
        timeout_graceful_shutdown=_LONGEST_STOP,
    )
    server = _Server(config)
    with _listening(host, port) as listener:
        task = asyncio.create_task(server.serve([listener]))
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await task


def _surface(readiness: Readiness, page: MetricsPage) -> Starlette:
    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(_: Request) -> Response:
        missing = await readiness.missing()
        if not missing:
            return JSONResponse({"status": "ready"})
        answer = {"status": "not ready", "missing": "; ".join(missing)}
        return JSONResponse(answer, status_code=503, headers={"Retry-After": "1"})

    async def metrics(request: Request) -> Response:
        if not page.lets_in(request.headers.get("Authorization")):
            return Response("send FERMATA_METRICS_TOKEN as a bearer token\n", status_code=401)
        return Response(page.text(), media_type=MEDIA_TYPE)

    routes = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}
    return Starlette(routes=[Route(path, answer) for path, answer in routes.items()])


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # here, so that whoever else wants the port is told at once
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"cannot listen on {host}:{port}: {error.strerror}; set FERMATA_WORKER_HOST and FERMATA_WORKER_PORT to a"
            " free one, or FERMATA_WORKER_PORT to nothing"
        ) from error
    return listener
