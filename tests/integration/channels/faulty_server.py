"""A server on a real socket that answers every request alike: well, or with one of the faults that providers have."""

import asyncio
import contextlib
from types import TracebackType
from typing import Literal, Self

from cli.stack.ports import LOOPBACK, listening_socket

Fault = Literal["500", "503", "429", "hangs", "resets", "closes", "broken_off", "lies", "drips", "no_http", "endless"]

RETRY_AFTER = 7  # seconds


class FaultyServer:
    """Reads whole requests, so that a fault is always one after the request has left.

    Args:
        well: What it answers without a fault: the whole answer, as HTTP/1.1 writes it.
        token: What it answers to requests for an access token, which are always well.
    """

    def __init__(self, well: bytes, token: bytes = b"") -> None:
        self.fault: Fault | None = None
        self.asked = 0
        self.written = 0
        self.url = ""
        self._well, self._token = well, token
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
        await reader.readexactly(int(headers["content-length"]))
        if head[0].startswith("POST /token "):
            writer.write(self._token)
            return True
        self.asked += 1
        return await self._misbehave(writer)

    async def _misbehave(self, writer: asyncio.StreamWriter) -> bool:
        """Answers; and says whether the connection is to stay open."""
        match self.fault:
            case None:
                writer.write(self._well)
            case "500" | "503" | "429" as status:
                more = {} if status != "429" else {"Retry-After": str(RETRY_AFTER)}
                writer.write(response(status, b"{}", more))
            case "lies":
                writer.write(response("200", b'{"id": '))
            case "hangs":
                await asyncio.Event().wait()
            case "broken_off":
                writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"id": "m-1"')
            case "no_http":
                writer.write(b"220 mail.example ESMTP\r\n")
            case "drips":
                await self._pour(writer, b" ", pause=0.05)  # each byte in time, the whole never
            case "endless":
                await self._pour(writer, b'{"id": "' + b"x" * 16_384)
        await writer.drain()
        if self.fault == "resets":
            return False
        return self.fault in (None, "500", "503", "429", "lies")

    async def _pour(self, writer: asyncio.StreamWriter, what: bytes, *, pause: float = 0.0) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while not writer.is_closing():
            writer.write(what)
            self.written += len(what)
            await writer.drain()
            await asyncio.sleep(pause)


def response(status: str, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    """A whole answer.

    Args:
        status: Of three digits.
        body: JSON.
        headers: Beside the length of the body.
    """
    lines = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    return f"HTTP/1.1 {status} X\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body
