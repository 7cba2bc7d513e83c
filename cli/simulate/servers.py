"""The servers of a simulation: a Temporal that skips time and a Postgres on throw-away files, both our own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from cli.stack.postgres import Postgres
from cli.stack.temporal_server import TemporalServer
from fermata.database import Pool, open_pool
from fermata.database.migrate import migrate
from workflows.search_attributes import ALL

_TEMPLATE = "fermata_simulation"
_CONNECTIONS = 24


class SimulationServers:
    """Both servers, running.

    Args:
        postgres: Where ledgers are made.
        template: The name of a database with the newest schema and no rows, which each is a copy of.
        temporal: Skips time for those who ask for it.
    """

    def __init__(self, postgres: Postgres, template: str, temporal: TemporalServer) -> None:
        self._postgres, self._template = postgres, template
        self.temporal_address = temporal.address

    @asynccontextmanager
    async def pool(self) -> AsyncIterator[Pool]:
        """Connections to a new ledger without rows, thrown away at the end."""
        name = f"simulation_{uuid4().hex}"
        address = await self._postgres.create_database(name, template=self._template)
        async with open_pool(address, most=_CONNECTIONS) as pool:
            yield pool
        await self._postgres.drop_database(name)


@asynccontextmanager
async def simulation_servers() -> AsyncIterator[SimulationServers]:
    """Starts them, about two seconds, and stops them at the end.

    Raises:
        ConfigurationError: There is no ``temporal`` or no Postgres here.
        Unavailable: One of them did not start.
    """
    async with (
        Postgres(durable=False) as postgres,
        TemporalServer(time_skipping=True, search_attributes=ALL) as temporal,
    ):
        await migrate(await postgres.create_database(_TEMPLATE))
        yield SimulationServers(postgres, _TEMPLATE, temporal)
