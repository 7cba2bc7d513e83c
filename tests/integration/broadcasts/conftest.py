"""A broadcast that can go out, and the API that operators reach it by."""

from collections.abc import AsyncIterator

import httpx
import pytest
from temporalio.client import Client

from api.application import create_app
from cli.stack.http_server import HttpServer
from fermata.access import Scope, create_key, first_keys
from fermata.database import Pool
from fermata.journeys import Registry
from tests.acceptance.announced import Stage, open_stage
from worker.plugin import fermata_plugin


@pytest.fixture
async def stage(temporal_address: str, pool: Pool) -> AsyncIterator[Stage]:
    """A worker that carries broadcasts out."""
    client = await Client.connect(temporal_address, plugins=[fermata_plugin()])
    async with open_stage(client, pool) as opened:
        yield opened


@pytest.fixture
async def api(stage: Stage, pool: Pool) -> AsyncIterator[HttpServer]:
    """The API."""
    async with HttpServer(create_app(pool=pool, registry=Registry({}), broadcast_desk=stage.desk)) as server:
        yield server


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
