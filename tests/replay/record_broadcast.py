"""Records a broadcast for the replay test: ``python -m tests.replay.record_broadcast``. A file that is there stays."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from temporalio.client import Client

from cli.stack.postgres import Postgres
from cli.stack.temporal_server import TemporalServer
from fermata.broadcasts import BroadcastOperation, BroadcastState
from fermata.database import open_pool
from fermata.database.migrate import migrate
from tests.acceptance.announced import open_stage, write_people
from worker.plugin import fermata_plugin
from workflows.operated import OperatorWord
from workflows.search_attributes import ALL

HISTORY = Path(__file__).with_name("broadcasts") / "held_and_to_the_end.json"


async def main() -> None:
    """Starts one at a rate, holds it, lets it go on, and waits for its end."""
    async with Postgres(durable=False) as postgres, TemporalServer(search_attributes=ALL) as server:
        url = await postgres.create_database("recording")
        await migrate(url)
        client = await Client.connect(server.address, plugins=[fermata_plugin()])
        async with open_pool(url) as pool, open_stage(client, pool) as stage:
            await write_people(pool, 30)
            started = await stage.start(rate="2/s", at=datetime.now(UTC))
            await stage.wait(started, BroadcastState.ENTERING, entered=1)
            word, now = OperatorWord(by="grace"), datetime.now(UTC)
            await stage.desk.act(started.id, BroadcastOperation.PAUSE, word, now)
            await stage.wait(started, BroadcastState.PAUSED)
            await stage.desk.act(started.id, BroadcastOperation.RESUME, word, now)
            await stage.wait(started, BroadcastState.DONE)
            handle = client.get_workflow_handle(started.workflow_id)
            await handle.result()
            history = await handle.fetch_history()
    HISTORY.parent.mkdir(exist_ok=True)
    if not HISTORY.exists():
        HISTORY.write_text(history.to_json(), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
