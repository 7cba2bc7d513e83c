"""The servers that tests run against: one real Postgres and one real Temporal a session, a fresh database a test."""

import gc
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from cli.quiet_logs import log_troubles_only
from cli.stack.postgres import Postgres
from cli.stack.smtp_server import SmtpServer
from cli.stack.temporal_server import TemporalServer
from fermata.access.slow_hash import LEAST, spend
from fermata.database import Pool, open_pool
from fermata.database.migrate import migrate
from fermata.steady_heap import freeze_heap
from workflows.search_attributes import ALL


def pytest_configure() -> None:
    """While modules are loaded nothing of them can go: looking for what might costs a third of the time."""
    gc.disable()
    spend(LEAST)  # hundreds of keys are made that open nothing
    log_troubles_only()  # the answers of commands that run in this process are read from stdout


def pytest_collection_finish() -> None:
    """All test modules are loaded and stay: a tenth of the time went into looking whether they are still wanted."""
    freeze_heap()


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[Postgres]:
    """The Postgres of this session, on throw-away files."""
    async with Postgres(durable=False) as server:
        yield server


@pytest.fixture(scope="session")
async def template_database(postgres: Postgres) -> str:
    """The name of a database with the newest schema and no rows, to be copied and never connected to."""
    name = "fermata_template"
    await migrate(await postgres.create_database(name))
    return name


@pytest.fixture
async def database_url(postgres: Postgres, template_database: str) -> AsyncIterator[str]:
    """The address of a database of this test's own: the newest schema, no rows."""
    name = f"test_{uuid4().hex}"
    yield await postgres.create_database(name, template=template_database)
    await postgres.drop_database(name)


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """A pool of connections to this test's own database."""
    async with open_pool(database_url) as connections:
        yield connections


@pytest.fixture(scope="session")
async def temporal_server() -> AsyncIterator[TemporalServer]:
    """The Temporal dev server of this session. It skips time for the clients that ask for it."""
    # Suggests to continue as new after 40 events, so that tests of it stay short; only `rollover` heeds it.
    # Deletes a history when its tasks are known to be done, which it looks at every 30 seconds elsewhere.
    short = {
        "limit.historyCount.suggestContinueAsNew": "40",
        "history.transferProcessorUpdateAckInterval": '"1s"',
    }
    async with TemporalServer(time_skipping=True, search_attributes=ALL, settings=short) as server:
        yield server


@pytest.fixture(scope="session")
def temporal_address(temporal_server: TemporalServer) -> str:
    """Where the session's Temporal server is: ``127.0.0.1:…``."""
    return temporal_server.address


@pytest.fixture(scope="session")
async def temporal(temporal_address: str) -> Client:
    """A client of the session's Temporal server. For skipped time wrap it: ``TimeSkipper(temporal).client``."""
    return await Client.connect(temporal_address, data_converter=pydantic_data_converter)


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpServer]:
    """An SMTP server of this test's own, with an empty mailbox."""
    async with SmtpServer() as server:
        yield server
