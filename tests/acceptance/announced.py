"""People to announce something to, a worker that carries broadcasts out, and what became of it, counted by itself."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.worker import Worker

from activities.broadcasts import Broadcasts
from cli.stack.waiting import until
from fermata.broadcasts import Broadcast, BroadcastRecord, BroadcastState, Launch, find_broadcast
from fermata.clock import Clock, SystemClock
from fermata.database import Pool
from fermata.ingest import Ingest
from fermata.policy import default_document
from fermata.segments import trait
from tests.policies import enact
from workflows.broadcast import BroadcastRun
from workflows.broadcast_desk import BroadcastDesk
from workflows.discovery import discover

LIMIT = timedelta(seconds=30)
PACKAGES = ("workflows.promotion",)
PROS = trait("plan") == "pro"

_PEOPLE = """
WITH written AS (
    INSERT INTO profiles (id, created_at, updated_at, time_zone, traits)
    SELECT gen_random_uuid(), now(), now(), $2, jsonb_build_object('plan', $3::text) FROM generate_series(1, $1)
    RETURNING id
)
INSERT INTO identities (kind, value, profile_id, first_seen_at)
SELECT 'user_id', 'user-' || id, id, now() FROM written
RETURNING profile_id
"""


async def write_people(pool: Pool, number: int, *, plan: str = "pro", time_zone: str | None = "Etc/UTC") -> list[UUID]:
    """Writes people whom an event can find."""
    return [row["profile_id"] for row in await pool.fetch(_PEOPLE, number, time_zone, plan)]


@dataclass(frozen=True)
class Stage:
    """Where broadcasts go out from.

    Args:
        pool: Where people are.
        desk: Where operators stand.
        client: Of Temporal.
        sale: What goes out, into the journey ``promotion``, which holds a tenth out.
        queue: The task queue that it goes out on.
    """

    pool: Pool
    desk: BroadcastDesk
    client: Client
    sale: Broadcast
    queue: str

    def launch(self, **changes: Any) -> Launch:
        """The sale, to be started."""
        return Launch(name=self.sale.name, by="grace", **changes)

    async def start(self, **changes: Any) -> BroadcastRecord:
        """Starts the sale."""
        return await self.desk.start(self.launch(**changes), datetime.now(UTC))

    async def look(self, record: BroadcastRecord) -> BroadcastRecord:
        """How far it is."""
        return await find_broadcast(self.pool, record.id)

    async def wait(self, record: BroadcastRecord, state: BroadcastState, *, entered: int = 0) -> BroadcastRecord:
        """Waits until it stands so, with so many entered."""

        async def stands() -> bool:
            found = await self.look(record)
            return found.state is state and found.progress.entered >= entered

        assert await until(stands, limit=LIMIT), await self.look(record)
        return await self.look(record)

    async def told(self, record: BroadcastRecord) -> Counter[UUID]:
        """How often each person was told of it."""
        rows = await self.pool.fetch(
            "SELECT profile_id FROM events WHERE properties ->> 'promotion_id' = $1", str(record.id)
        )
        return Counter(row["profile_id"] for row in rows)

    async def runs(self) -> Counter[str]:
        """The runs of its journey by state."""
        rows = await self.pool.fetch("SELECT state FROM journey_runs WHERE journey = 'promotion'")
        return Counter(row["state"] for row in rows)

    async def histories(self, record: BroadcastRecord) -> list[int]:
        """How many events each of its executions has, the first one first."""
        lengths: list[int] = []
        run_id = str(record.id)
        while run_id:
            handle: WorkflowHandle[Any, Any] = self.client.get_workflow_handle(record.workflow_id, run_id=run_id)
            events = [event async for event in handle.fetch_history_events()]
            lengths.append(len(events))
            run_id = events[-1].workflow_execution_continued_as_new_event_attributes.new_execution_run_id
        return lengths


def stage_of(client: Client, pool: Pool, *, name: str | None = None, queue: str | None = None) -> Stage:
    """Where the sale can go out from, with nobody at work yet.

    Args:
        client: Of Temporal.
        pool: Where people are.
        name: What the sale is called; None for a name that nothing else has.
        queue: The task queue; None for one of its own.
    """
    name, queue = name or f"sale_{uuid4().hex}", queue or f"{uuid4().hex}-journeys"
    sale = Broadcast(name=name, journey="promotion", segment=PROS, properties={"title": "Spring"})

    async def connect() -> Client:
        return client

    desk = BroadcastDesk(pool, discover(PACKAGES), {name: sale}, connect, queue=queue)
    return Stage(pool, desk, client, sale, queue)


def at_work(
    stage: Stage, *, clock: Clock | None = None, door: type[Ingest] = Ingest, cached_runs: int = 1000
) -> Worker:
    """A worker that carries the sale out; with no runs cached it replays the broadcast at every task."""
    registry = discover(PACKAGES).registry
    declared = {stage.sale.name: stage.sale}
    carrying = Broadcasts(stage.pool, door(stage.pool, registry), registry, declared, clock or SystemClock())
    return Worker(
        stage.client,
        task_queue=stage.queue,
        workflows=[BroadcastRun],
        activities=carrying.activities,
        max_cached_workflows=cached_runs,
    )


@asynccontextmanager
async def open_stage(
    client: Client,
    pool: Pool,
    *,
    clock: Clock | None = None,
    door: type[Ingest] = Ingest,
    cached_runs: int = 1000,
) -> AsyncIterator[Stage]:
    """The sale, with a worker on a task queue of its own; what still goes out at the end is terminated."""
    await enact(pool, default_document())
    stage = stage_of(client, pool)
    async with at_work(stage, clock=clock, door=door, cached_runs=cached_runs):
        yield stage
    with suppress(RPCError):  # it is over, or was never started
        await client.get_workflow_handle(f"broadcast/{stage.sale.name}").terminate("the test is over")
