"""What stands between a process and a server, and makes a bad network of it: cut, silent, half-open or slow."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta
from types import TracebackType
from typing import Self

from cli.stack.ports import LOOPBACK, listening_socket

_CHUNK = 64 * 1024


class TcpProxy:
    """Passes on, byte for byte, what comes in on a port of its own.

    Args:
        target: Says the port on 127.0.0.1 to which it leads.
    """

    def __init__(self, target: Callable[[], int]) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self._links: set[_Link] = set()
        self._cut = False
        self._flowing = asyncio.Event()
        self._delay = timedelta(0)
        self._rate: int | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        listener = listening_socket()
        self.port = listener.getsockname()[1]
        self._server = await asyncio.start_server(self._serve, sock=listener)
        self.heal()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
            serving = [link.task for link in self._links]
            for task in serving:
                task.cancel()
            await asyncio.gather(*serving, return_exceptions=True)

    def cut(self) -> None:
        """Tears all connections, and each new one at once: both sides are told."""
        self._cut = True
        self.tear()

    def tear(self) -> None:
        """Tears all connections; new ones are served."""
        for link in self._links:
            link.tear()

    def hang(self) -> None:
        """Passes nothing on until healed, on old connections and new ones. Nobody is told."""
        self._flowing.clear()

    def forget(self) -> None:
        """Leaves all connections half-open: they are silent for ever, and nobody is told. New ones are served."""
        for link in self._links:
            link.forgotten = True

    def slow(self, delay: timedelta, rate: int) -> None:
        """Passes everything on late, and little by little.

        Args:
            delay: How late.
            rate: Bytes a second, on each connection and in each direction.
        """
        self._delay, self._rate = delay, rate

    def heal(self) -> None:
        """Passes everything on as it comes. What was held back meanwhile follows; what was forgotten stays so."""
        self._cut, self._delay, self._rate = False, timedelta(0), None
        self._flowing.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or self._cut:
            writer.transport.abort()
            return
        link = _Link(task, writer)
        self._links.add(link)
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await self._link(link, reader, writer)
        finally:
            link.tear()
            self._links.discard(link)

    async def _link(self, link: "_Link", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flowing.wait()
        back, forth = await asyncio.open_connection(LOOPBACK, self._target())
        link.writers.append(forth)
        pumps = [asyncio.create_task(self._pump(link, *way)) for way in ((reader, forth), (back, writer))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _pump(self, link: "_Link", source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(_CHUNK):
            await self._flowing.wait()
            if link.forgotten:
                await asyncio.Event().wait()
            lasts = self._delay.total_seconds() + (len(data) / self._rate if self._rate else 0)
            if lasts:
                await asyncio.sleep(lasts)
            sink.write(data)
            await sink.drain()


class _Link:
    """One connection, on both its sides."""

    def __init__(self, task: asyncio.Task[None], writer: asyncio.StreamWriter) -> None:
        self.task, self.writers = task, [writer]
        self.forgotten = False

    def tear(self) -> None:
        for writer in self.writers:
            writer.transport.abort()
