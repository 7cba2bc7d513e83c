"""A server on loopback that reads and writes bytes itself: what no HTTP library would ever answer, it answers."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from cli.stack.ports import LOOPBACK, listening_socket


class RawServer(ABC):
    """Serves each connection until ``answer`` says that it is to end; then it is torn."""

    def __init__(self) -> None:
        self.url = ""
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        listener = listening_socket()
        self.url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        self._server = await asyncio.start_server(self._serve, sock=listener)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
            for task in tuple(self._open):
                task.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)

    @abstractmethod
    async def answer(self, first: str, headers: dict[str, str], body: bytes, writer: asyncio.StreamWriter) -> bool:
        """Answers one request, and says whether the connection is to stay open.

        Args:
            first: Its first line.
            headers: By name, in small letters.
            body: All of it.
            writer: Where to.
        """

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
            task.add_done_callback(self._open.discard)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while await self._next(reader, writer):
                pass
        writer.transport.abort()

    async def _next(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        return await self.answer(head[0], headers, await reader.readexactly(int(headers["content-length"])), writer)
