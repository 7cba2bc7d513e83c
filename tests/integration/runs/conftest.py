"""Runs that are under way in a real Temporal, and the API that operators reach them by."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from temporalio.client import Client

from api.application import create_app
from cli.stack.http_server import HttpServer
from cli.stack.smtp_server import SmtpServer
from fermata.database import Pool
from fermata.journeys import Registry
from tests.acceptance.world import World, all_journeys, open_world
from tests.integration.runs.underway import Underway
from worker.plugin import fermata_plugin
from workflows.runs_in_temporal import RunsInTemporal


@pytest.fixture
async def world(temporal_address: str, pool: Pool, smtp: SmtpServer) -> AsyncIterator[World]:
    """Workers on a task queue of this test's own; everything is allowed."""
    client = await Client.connect(temporal_address, plugins=[fermata_plugin()])
    async with open_world(client, pool, smtp, policy="version = 1\n", journeys=all_journeys()) as opened:
        yield opened


@pytest.fixture
async def underway(world: World) -> Underway:
    """A run in its first wait."""
    return await Underway.begin(world)


@pytest.fixture
async def api(temporal_address: str, pool: Pool) -> AsyncIterator[HttpServer]:
    """The API; it connects to the session's Temporal when a run is first asked."""

    async def connect() -> Client:
        return await Client.connect(temporal_address, plugins=[fermata_plugin()])

    temporal = RunsInTemporal(connect, ui="http://127.0.0.1:8233", patience=timedelta(seconds=2))
    async with HttpServer(create_app(pool=pool, registry=Registry({}), temporal=temporal)) as server:
        yield server
