"""The real parts of the world: server, ledger, SMTP, HTTP provider, and a clock that skips where nothing happens."""

from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client

from cli.stack.smtp_server import SmtpServer
from fermata.database import Pool
from fermata.policy import default_document
from tests.acceptance.world import World, all_journeys, open_world
from worker.plugin import fermata_plugin
from workflows.discovery import Journeys


@pytest.fixture
def policy() -> str:
    """The policy in force; a test module may override it."""
    return default_document()


@pytest.fixture(scope="session")
async def fermata_client(temporal_address: str) -> Client:
    """A client with Fermata's own plugin."""
    return await Client.connect(temporal_address, plugins=[fermata_plugin()])


@pytest.fixture(params=[1000, 0], ids=["cached", "replayed at every task"])
def cached_runs(request: pytest.FixtureRequest) -> int:
    """How many runs the worker keeps in memory; 0 replays each from its history at every task."""
    return int(request.param)


@pytest.fixture
def journeys() -> Journeys:
    """What the workers run; a test module may override it."""
    return all_journeys()


@pytest.fixture
async def world(
    fermata_client: Client, pool: Pool, smtp: SmtpServer, policy: str, journeys: Journeys, cached_runs: int
) -> AsyncIterator[World]:
    """Workers on a task queue of this test's own."""
    async with open_world(
        fermata_client, pool, smtp, policy=policy, journeys=journeys, cached_runs=cached_runs
    ) as opened:
        yield opened
