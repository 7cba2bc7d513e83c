"""The API on a database of the test's own, and clients for it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from fermata.database import Pool
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
