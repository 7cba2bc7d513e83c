"""A process that does nothing but carry a broadcast out, to be killed: ``python -m tests.faults.announce_for_ever``."""

import asyncio
import sys

from temporalio.client import Client

from fermata.database import open_pool
from tests.acceptance.announced import at_work, stage_of
from worker.plugin import fermata_plugin


async def main(database_url: str, temporal_address: str, name: str, queue: str) -> None:
    """Works until it is killed."""
    client = await Client.connect(temporal_address, plugins=[fermata_plugin()])
    async with open_pool(database_url, most=4) as pool:
        await at_work(stage_of(client, pool, name=name, queue=queue)).run()


asyncio.run(main(*sys.argv[1:5]))
