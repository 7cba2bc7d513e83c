"""A broadcast that can go out, and the API that operators reach it by."""

from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client

from api.application import create_app
from cli.stack.http_server import HttpServer
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
