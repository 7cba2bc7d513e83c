"""The dispatcher between a real Postgres and a real Temporal: in order, once, and nothing lost while either is away."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client

from cli.stack.temporal_server import TemporalServer
from cli.stack.waiting import until
from fermata.database import Pool
from fermata.events import IncomingEvent, parse
from fermata.ingest import Ingest
from fermata.journeys import Always, JourneyDefinition, Registry, Trigger
from worker.dispatcher import Dispatcher
from worker.plugin import fermata_plugin
from workflows.search_attributes import ALL

CART = JourneyDefinition(
    trigger=Trigger("Product Added"), goal="Order Completed", listens_to=("Product Viewed",), reentry=Always()
)


@pytest.fixture
def door(pool: Pool) -> Ingest:
    return Ingest(pool, Registry({"cart": CART}))


@pytest.fixture
async def client(temporal_address: str) -> Client:
    return await Client.connect(temporal_address, plugins=[fermata_plugin()])


@pytest.fixture
def dispatcher(pool: Pool, client: Client) -> Dispatcher:
    # No worker polls this queue: the runs stay where the dispatcher put them.
    return Dispatcher(pool, client, queue=f"{uuid4().hex}-journeys")


def event(name: str, user: str) -> IncomingEvent:
    now = datetime.now(UTC)
    payload = {"type": "track", "event": name, "userId": user, "messageId": uuid4().hex, "timestamp": now.isoformat()}
    return parse(payload, received_at=now)


async def send(door: Ingest, *events: IncomingEvent) -> None:
    await door.accept(events, (), datetime.now(UTC))


async def deliver_all(dispatcher: Dispatcher, *, at: datetime | None = None) -> None:
    while await dispatcher.deliver_due(at or datetime.now(UTC)):
        pass


async def signals(client: Client, workflow_id: str) -> list[str]:
    """Names of the events that were signalled to a run, in order."""
    names = []
    async for each in client.get_workflow_handle(workflow_id).fetch_history_events():
        if each.HasField("workflow_execution_signaled_event_attributes"):
            payloads = each.workflow_execution_signaled_event_attributes.input.payloads
            (told,) = await client.data_converter.decode(payloads, [dict[str, Any]])
            names.append(told["name"])
    return names


async def waiting(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM dispatches WHERE delivered_at IS NULL"))


async def test_a_trigger_starts_the_run_and_later_events_reach_it_in_order(
    door: Ingest, dispatcher: Dispatcher, client: Client, pool: Pool
) -> None:
    for name in ("Product Added", "Product Viewed", "Product Added", "Product Viewed", "Order Completed"):
        await send(door, event(name, "ada"))
    await send(door, event("Never Heard Of", "ada"))
    await deliver_all(dispatcher)
    run = await pool.fetchrow("SELECT workflow_id, temporal_run_id FROM journey_runs")
    assert await signals(client, run["workflow_id"]) == [
        "Product Added",
        "Product Viewed",
        "Product Added",
        "Product Viewed",
        "Order Completed",
    ]
    described = await client.get_workflow_handle(run["workflow_id"]).describe()
    assert described.run_id == run["temporal_run_id"]
    assert await waiting(pool) == 0


async def test_two_dispatchers_keep_the_order_of_each_profile(
    door: Ingest, client: Client, pool: Pool, dispatcher: Dispatcher
) -> None:
    names = ["Product Added", *(["Product Viewed"] * 4), "Order Completed"]
    for name in names:
        await send(door, *(event(name, f"person-{number}") for number in range(20)))
    other = Dispatcher(pool, client, queue=f"{uuid4().hex}-journeys")
    await asyncio.gather(deliver_all(dispatcher), deliver_all(other))
    await deliver_all(dispatcher)
    assert await waiting(pool) == 0
    for row in await pool.fetch("SELECT workflow_id FROM journey_runs"):
        assert await signals(client, row["workflow_id"]) == names


async def test_a_start_that_is_made_twice_is_one_run(
    door: Ingest, dispatcher: Dispatcher, client: Client, pool: Pool
) -> None:
    await send(door, event("Product Added", "ada"))
    await deliver_all(dispatcher)
    # As after a crash between Temporal's yes and our commit.
    await pool.execute("UPDATE dispatches SET delivered_at = NULL")
    await deliver_all(dispatcher)
    row = await pool.fetchrow("SELECT workflow_id, temporal_run_id FROM journey_runs")
    assert (await client.get_workflow_handle(row["workflow_id"]).describe()).run_id == row["temporal_run_id"]
    assert await waiting(pool) == 0


async def test_a_start_while_the_run_before_is_still_closing_is_put_off_and_then_made(
    door: Ingest, dispatcher: Dispatcher, client: Client, pool: Pool
) -> None:
    await send(door, event("Product Added", "ada"))
    await deliver_all(dispatcher)
    await pool.execute("UPDATE journey_runs SET state = 'converted', ended_at = now()")
    await send(door, event("Product Added", "ada"))
    now = datetime.now(UTC)
    assert await dispatcher.deliver_due(now) == 1
    assert await waiting(pool) == 1
    workflow_id = await pool.fetchval("SELECT workflow_id FROM journey_runs LIMIT 1")
    await client.get_workflow_handle(workflow_id).terminate("it has closed at last")
    await deliver_all(dispatcher, at=now + timedelta(minutes=1))
    assert await waiting(pool) == 0
    ids = await pool.fetch("SELECT temporal_run_id FROM journey_runs")
    assert len({row["temporal_run_id"] for row in ids}) == 2


async def test_an_event_for_a_run_that_an_operator_terminated_closes_it_in_the_ledger(
    door: Ingest, dispatcher: Dispatcher, client: Client, pool: Pool
) -> None:
    await send(door, event("Product Added", "ada"))
    await deliver_all(dispatcher)
    workflow_id = await pool.fetchval("SELECT workflow_id FROM journey_runs")
    await client.get_workflow_handle(workflow_id).terminate("by an operator")
    await send(door, event("Product Viewed", "ada"))
    await deliver_all(dispatcher)
    assert await pool.fetchval("SELECT state FROM journey_runs") == "terminated"
    assert await pool.fetchval("SELECT result FROM dispatches ORDER BY id DESC LIMIT 1") == "run_gone"


@pytest.fixture
async def own_server(tmp_path: Path) -> AsyncIterator[TemporalServer]:
    """A Temporal server of this test's own, on a file, to be stopped and started again."""
    async with TemporalServer(database=tmp_path / "temporal.db", search_attributes=ALL) as server:
        yield server


async def test_with_temporal_stopped_the_door_keeps_answering_and_all_is_delivered_when_it_is_back(
    own_server: TemporalServer, door: Ingest, pool: Pool
) -> None:
    client = await Client.connect(own_server.address, plugins=[fermata_plugin()])
    dispatching = asyncio.create_task(Dispatcher(pool, client).run())
    try:
        await send(door, event("Product Added", "before"))
        assert await until(lambda: _none_wait(pool), limit=timedelta(seconds=10))
        await own_server.stop()
        for number in range(30):
            await send(door, event("Product Added", f"during-{number}"), event("Product Viewed", "before"))
        assert await waiting(pool) == 60
        await own_server.start()
        assert await until(lambda: _none_wait(pool), limit=timedelta(seconds=60))
        before, *during = await pool.fetch("SELECT workflow_id FROM journey_runs ORDER BY started_at, id")
        assert await signals(client, before["workflow_id"]) == ["Product Added", *["Product Viewed"] * 30]
        for row in during:
            assert await signals(client, row["workflow_id"]) == ["Product Added"]
    finally:
        dispatching.cancel()
        await asyncio.gather(dispatching, return_exceptions=True)


async def _none_wait(pool: Pool) -> bool:
    return await waiting(pool) == 0


async def test_a_commit_wakes_the_dispatcher(door: Ingest, dispatcher: Dispatcher, pool: Pool) -> None:
    dispatching = asyncio.create_task(dispatcher.run())
    try:
        for number in range(5):
            await send(door, event("Product Added", f"person-{number}"))
            assert await until(lambda: _none_wait(pool), limit=timedelta(seconds=10))
        lags = await pool.fetch("SELECT delivered_at - created_at AS lag FROM dispatches")
        assert len(lags) == 5
    finally:
        dispatching.cancel()
        await asyncio.gather(dispatching, return_exceptions=True)
