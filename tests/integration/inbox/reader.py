"""Reads an inbox's stream as a browser does: events with their names, and the id to come again with."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import orjson

_PATIENCE = 10.0  # seconds


class Said(NamedTuple):
    """One event of a stream."""

    name: str
    data: Any


@dataclass
class InboxReader:
    """What a browser keeps of a stream that it reads.

    Args:
        last_id: The id of the latest event that had one.
        heartbeats: Comments that came.
    """

    lines: AsyncIterator[str]
    last_id: str | None = None
    heartbeats: int = 0
    kept: dict[str, str] = field(default_factory=dict)

    async def next(self, within: timedelta = timedelta(seconds=_PATIENCE)) -> Said:
        """The next event.

        Raises:
            TimeoutError: None came.
            StopAsyncIteration: The stream ended.
        """
        async with asyncio.timeout(within.total_seconds()):
            while True:
                line = await anext(self.lines)
                if line.startswith(":"):
                    self.heartbeats += 1
                elif line:
                    name, _, value = line.partition(": ")
                    self.kept[name] = value
                elif "data" in self.kept:
                    said = Said(self.kept.get("event", "message"), orjson.loads(self.kept["data"]))
                    self.last_id = self.kept.get("id", self.last_id)
                    self.kept = {}
                    return said

    async def until(self, name: str) -> Said:
        """The next event of a name; those before it are passed over."""
        while (said := await self.next()).name != name:
            pass
        return said


@asynccontextmanager
async def reading(
    client: httpx.AsyncClient, profile_id: UUID, *, token: str | None = None, last_id: str | None = None
) -> AsyncIterator[InboxReader]:
    """Opens a stream."""
    headers = {"Last-Event-ID": last_id} if last_id is not None else {}
    params = {"token": token} if token is not None else {}
    path = f"/api/v1/inbox/{profile_id}/stream"
    async with client.stream("GET", path, headers=headers, params=params) as response:
        assert response.status_code == 200, (response.status_code, await response.aread())
        assert response.headers["Content-Type"].startswith("text/event-stream")
        yield InboxReader(response.aiter_lines())
