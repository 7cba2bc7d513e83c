"""A provider on a real socket that goes wrong as it is told, and remembers what it delivered all the same."""

import asyncio
import contextlib
from types import TracebackType
from typing import Literal, Self

import orjson

from cli.stack.ports import LOOPBACK, listening_socket
from cli.stack.provider_ledger import ProviderLedger, ProviderMessage

Mood = Literal["well", "500", "429", "401", "hangs", "resets", "delivers_and_resets", "lies", "slow"]
"""``slow``: well, after half a second. ``lies``: it says 200, delivers nothing, and its body is broken."""


class Misbehaving:
    """Speaks as the HTTP provider of our own shape does, in one of several moods.

    Args:
        mood: How it begins.
    """

    def __init__(self, mood: Mood = "well") -> None:
        self.mood: Mood = mood
        self.retry_after = 1
        self.asked = 0
        self._ledger = ProviderLedger()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self.url = ""

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

    @property
    def delivered(self) -> list[ProviderMessage]:
        """What reached people, the oldest first."""
        return [message for message in self._ledger.messages if message.delivered]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
            task.add_done_callback(self._open.discard)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while await self._answer(reader, writer):
                pass
        writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        body = orjson.loads(await reader.readexactly(int(headers["content-length"])))
        self.asked += 1
        mood = self.mood
        if mood == "hangs":
            await asyncio.Event().wait()
        if mood == "resets":
            return False
        status: str = mood
        answer = b"{}"
        if mood == "slow":
            await asyncio.sleep(0.5)
        if mood in ("well", "slow", "delivers_and_resets"):
            reply = self._ledger.take("", headers["idempotency-key"], body)
            status, answer = "202", orjson.dumps({"id": reply.message_id})
        if mood == "delivers_and_resets":
            return False
        if mood == "lies":
            status, answer = "200", b'{"id": '
        again = f"Retry-After: {self.retry_after}\r\n" if mood == "429" else ""
        writer.write(f"HTTP/1.1 {status} X\r\n{again}Content-Length: {len(answer)}\r\n\r\n".encode() + answer)
        await writer.drain()
        return True
