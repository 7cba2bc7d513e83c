"""The process that forks senders to be killed: it loads everything once, for all the tests of a session."""

from collections.abc import AsyncIterator

import pytest

from tests.faults.senders import Senders


@pytest.fixture(scope="session")
async def senders() -> AsyncIterator[Senders]:
    """Starts senders, and kills them."""
    async with Senders() as started:
        yield started
