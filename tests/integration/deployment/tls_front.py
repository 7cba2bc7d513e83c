"""What encrypts the way to a server that speaks in the clear: for gRPC from the first byte, for Postgres when asked."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cli.stack.ports import LOOPBACK, listening_socket

_CHUNK = 64 * 1024
_SSL_REQUEST = 8  # bytes: https://www.postgresql.org/docs/current/protocol-message-formats.html


@asynccontextmanager
async def encrypted(port: int, context: ssl.SSLContext, *, asked: bool = False) -> AsyncIterator[int]:
    """Serves TLS while the block runs, and yields where.

    Args:
        port: Of the server behind, on 127.0.0.1.
        context: The certificate, and whom it lets in.
        asked: Whether a client first asks for TLS in the clear, as those of Postgres do.
    """
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        with contextlib.suppress(OSError, asyncio.CancelledError, asyncio.IncompleteReadError):
            if asked:
                await reader.readexactly(_SSL_REQUEST)
                writer.write(b"S")
                await writer.start_tls(context)
            back, forth = await asyncio.open_connection(LOOPBACK, port)
            pumps = [asyncio.create_task(_pump(*way)) for way in ((reader, forth), (back, writer))]
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
                forth.transport.abort()
        writer.transport.abort()

    listener = listening_socket()
    server = await asyncio.start_server(serve, sock=listener, ssl=None if asked else context)
    try:
        yield listener.getsockname()[1]
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(_CHUNK):
        sink.write(data)
        await sink.drain()
