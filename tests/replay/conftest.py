"""Every recorded run and every fingerprint beside a test is a test of its own; and runs in flight."""

import pytest
from temporalio.client import Client

from cli.replay.testing import pytest_generate_tests
from cli.stack.smtp_server import SmtpServer
from fermata.database import Pool
from tests.policies import enact
from tests.replay.in_flight import Fleet
from worker.plugin import fermata_plugin

__all__ = ["fleet", "pytest_generate_tests"]


@pytest.fixture
async def fleet(temporal_address: str, pool: Pool, smtp: SmtpServer) -> Fleet:
    """Runs in flight, none so far; every message may go."""
    await enact(pool, "version = 1\n")
    return Fleet(await Client.connect(temporal_address, plugins=[fermata_plugin()]), pool, smtp)
