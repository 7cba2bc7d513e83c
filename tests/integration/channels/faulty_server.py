"""A server on a real socket that answers every request alike: well, or with one of the faults that providers have."""

import asyncio
from typing import Literal

from tests.raw_server import RawServer

Fault = Literal["500", "503", "429", "hangs", "resets", "closes", "broken_off", "lies", "drips", "no_http", "endless"]

RETRY_AFTER = 7  # seconds


class FaultyServer(RawServer):
    """Reads whole requests, so that a fault is always one after the request has left.

    Args:
        well: What it answers without a fault: the whole answer, as HTTP/1.1 writes it.
        token: What it answers to requests for an access token, which are always well.
    """

    def __init__(self, well: bytes, token: bytes = b"") -> None:
        super().__init__()
        self.fault: Fault | None = None
        self.asked = 0
        self.written = 0
        self._well, self._token = well, token

    async def answer(self, first: str, headers: dict[str, str], body: bytes, writer: asyncio.StreamWriter) -> bool:
        """Reads the whole request, and answers; a token is always given."""
        del headers, body
        if first.startswith("POST /token "):
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
