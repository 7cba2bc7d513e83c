"""The API on a database of the test's own, and clients for it."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from cli.stack.postgres import Postgres
from fermata.database import Pool, open_pool
from tests.integration.api.served import Served, serving


@pytest.fixture
async def served(pool: Pool) -> AsyncIterator[Served]:
    """The API on this test's own database."""
    async with serving(pool) as running:
        yield running


@pytest.fixture
async def sender(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the write key."""
    async with served.sender() as client:
        yield client


@pytest.fixture
async def operator(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the admin key."""
    async with served.operator() as client:
        yield client


@pytest.fixture(scope="module")
async def refusing(postgres: Postgres, template_database: str) -> AsyncIterator[Served]:
    """The API on an empty database that a file's tests share: what they ask for is refused, and changes nothing."""
    name = f"refusing_{uuid4().hex}"
    async with (
        open_pool(await postgres.create_database(name, template=template_database)) as pool,
        serving(pool) as running,
    ):
        yield running
    await postgres.drop_database(name)


@pytest.fixture(scope="module")
async def refused_sender(refusing: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the write key, of whose requests none is to be taken."""
    async with refusing.sender() as client:
        yield client


@pytest.fixture(scope="module")
async def refused_operator(refusing: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the admin key, of whose requests none is to be answered with success."""
    async with refusing.operator() as client:
        yield client
