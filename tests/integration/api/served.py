"""The real application on a real socket, with its first keys and one small journey."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from api.application import create_app
from cli.stack.http_server import HttpServer
from fermata.access import first_keys
from fermata.database import Pool
from fermata.journeys import JourneyDefinition, Registry, Trigger


@dataclass(frozen=True)
class Served:
    """A running API.

    Args:
        url: Its address.
        write_key, admin_key: Its first keys.
    """

    url: str
    write_key: str
    admin_key: str

    def sender(self) -> httpx.AsyncClient:
        """A client that sends events as the Segment SDKs do."""
        return httpx.AsyncClient(base_url=self.url, auth=(self.write_key, ""), timeout=30)

    def operator(self) -> httpx.AsyncClient:
        """A client with the admin key."""
        return httpx.AsyncClient(base_url=self.url, headers={"Authorization": f"Bearer {self.admin_key}"}, timeout=30)


@asynccontextmanager
async def serving(pool: Pool) -> AsyncIterator[Served]:
    """Serves the application on a free port of loopback."""
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
    registry = Registry({"cart": JourneyDefinition(trigger=Trigger("Product Added"), goal="Order Completed")})
    async with HttpServer(create_app(pool=pool, registry=registry)) as server:
        yield Served(server.url, keys["write"], keys["admin"])
