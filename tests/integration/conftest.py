"""Who calls an API that a folder of tests serves as its fixture ``api``: an operator, and whoever may only look."""

from collections.abc import AsyncIterator

import httpx
import pytest

from cli.stack.http_server import HttpServer
from fermata.access import Scope, create_key, first_keys
from fermata.database import Pool


@pytest.fixture
async def operator(api: HttpServer, pool: Pool) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the key named ``admin``."""
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
    headers = {"Authorization": f"Bearer {keys['admin']}"}
    async with httpx.AsyncClient(base_url=api.url, headers=headers, timeout=30) as client:
        yield client


@pytest.fixture
async def reader(api: HttpServer, pool: Pool) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose key may only look."""
    async with pool.acquire() as connection:
        secret = await create_key(connection, "reader", [Scope.READ])
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx.AsyncClient(base_url=api.url, headers=headers, timeout=30) as client:
        yield client
