"""The world that the pages' journeys and tests run in, on the servers of this session."""

import pytest

from cli.simulate.servers import SimulationServers
from cli.stack.postgres import Postgres
from cli.stack.temporal_server import TemporalServer
from cli.testing import fermata_journeys, fermata_policy, fermata_start, world

__all__ = ["fermata_journeys", "fermata_policy", "fermata_start", "world"]


@pytest.fixture(scope="session")
def fermata_servers(postgres: Postgres, template_database: str, temporal_server: TemporalServer) -> SimulationServers:
    """Those that are there already."""
    return SimulationServers(postgres, template_database, temporal_server)
