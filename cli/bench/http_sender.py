"""Sends ready-made HTTP requests over one connection that stays open: as little work for the sender as there can be.

A full client would take as much of the machine as the server that is measured.
"""

import asyncio
import re
from collections.abc import Mapping
from typing import Self

from cli.stack.ports import LOOPBACK
from fermata.errors import Unavailable

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


class HttpSender:
    """One connection to a server on loopback. Made by ``HttpSender.connect``; close it at the end.

    Args:
        reader, writer: The two sides of the connection.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def connect(cls, port: int) -> Self:
        """Connects.

        Args:
            port: On 127.0.0.1.
        """
        return cls(*await asyncio.open_connection(LOOPBACK, port))

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Sends one request, and waits for its answer.

        Args:
            path: With a slash before it.
            body: JSON.
            headers: Beside those that every request has.

        Raises:
            Unavailable: The answer is no success; the message holds it.
        """
        more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n{more}\r\n"
        )
        self._writer.write(head.encode() + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(answer)
        told = await self._reader.readexactly(int(length.group(1)) if length else 0)
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise Unavailable(f"{path} answered {answer.splitlines()[0].decode()}: {told.decode()}")

    async def close(self) -> None:
        """Closes the connection."""
        self._writer.close()
        await self._writer.wait_closed()
