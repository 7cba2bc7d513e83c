"""A client of Temporal that connects when it is first asked for: a process starts, and works, without Temporal."""

import asyncio
from collections.abc import Awaitable, Callable

from temporalio.client import Client
from temporalio.converter import PayloadCodec

from fermata.errors import Unavailable

_CONNECT = 5  # seconds


class TemporalAtNeed:
    """Holds a client, once there is one.

    Args:
        connect: Makes it; called when it is first asked for, and again until it succeeds.
    """

    def __init__(self, connect: Callable[[], Awaitable[Client]]) -> None:
        self._connect = connect
        self._client: Client | None = None
        self._connecting = asyncio.Lock()

    @property
    def namespace(self) -> str | None:
        """That of the client; None as long as there is none."""
        return self._client.namespace if self._client is not None else None

    async def client(self) -> Client:
        """Returns the client.

        Raises:
            Unavailable: Temporal does not answer.
        """
        async with self._connecting:
            if self._client is None:
                try:
                    self._client = await asyncio.wait_for(self._connect(), _CONNECT)
                except TimeoutError:
                    raise Unavailable(f"Temporal has not answered within {_CONNECT} s; is it up?") from None
            return self._client

    async def payload_codec(self) -> PayloadCodec | None:
        """Returns what reads and writes the payloads of its histories; None where they are as they are.

        Raises:
            Unavailable: Temporal does not answer.
        """
        return (await self.client()).data_converter.payload_codec
