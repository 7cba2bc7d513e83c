"""``fermata broadcast`` and ``fermata schedule``: counted, asked, started, shown, held; and what begins by itself."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from temporalio.client import Client
from temporalio.worker import Worker
from typer.testing import CliRunner, Result

from activities.broadcasts import Broadcasts
from cli import broadcast_commands, schedule_commands
from cli.stack.waiting import until
from fermata.audit import Outcome, list_entries
from fermata.broadcasts import BroadcastState, find_broadcast, list_broadcasts
from fermata.clock import SystemClock
from fermata.database import Pool
from fermata.ingest import Ingest
from fermata.ledger.first_policy import first_policy
from fermata.policy import default_document
from tests.acceptance.announced import LIMIT, write_people
from tests.people import NOON
from worker.plugin import fermata_plugin
from workflows.broadcast import BroadcastRun
from workflows.broadcast_schedules import BroadcastSchedules
from workflows.declared_broadcasts import declared_broadcasts
from workflows.discovery import discover

Fermata = Callable[..., Awaitable[Result]]
PACKAGES = ("workflows.retention",)


@pytest.fixture
async def client(temporal_address: str) -> Client:
    return await Client.connect(temporal_address, plugins=[fermata_plugin()])


@pytest.fixture
async def fermata(
    database_url: str, temporal_address: str, client: Client, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> Fermata:
    """Calls ``fermata broadcast …`` or ``fermata schedule …`` beside a worker that carries out what they start."""
    monkeypatch.setenv("FERMATA_DATABASE_URL", database_url)
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_address)
    monkeypatch.setenv("FERMATA_JOURNEYS", ",".join(PACKAGES))
    async with pool.acquire() as connection:
        await first_policy(connection, default_document(), at=datetime.now(UTC))

    async def call(group: str, *arguments: str, given: str | None = None) -> Result:
        app = (broadcast_commands if group == "broadcast" else schedule_commands).app
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, list(arguments), input=given))

    return call


def at_work(client: Client, pool: Pool) -> Worker:
    registry, declared = discover(PACKAGES).registry, declared_broadcasts(PACKAGES)
    carrying = Broadcasts(pool, Ingest(pool, registry), registry, declared, SystemClock())
    return Worker(client, task_queue="journeys", workflows=[BroadcastRun], activities=carrying.activities)


async def write_customers_at_risk(pool: Pool, number: int) -> None:
    await write_people(pool, number)
    await pool.execute(
        "INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at)"
        " SELECT id, id::text, 'track', 'Order Completed', id, now() - interval '100 days', now() FROM profiles"
    )


async def test_it_is_counted_and_asked_about_started_shown_and_cancelled(
    fermata: Fermata, client: Client, pool: Pool
) -> None:
    await write_customers_at_risk(pool, 30)
    seen = await fermata("broadcast", "preview", "churn_risk", "--local-time", "10:00")
    assert "churn_risk: 30 people in the segment now" in seen.output
    assert "30 without an address" in seen.output
    unasked = await fermata("broadcast", "start", "churn_risk", given="n\n")
    assert (unasked.exit_code, "Announce it to 30 people?" in unasked.output) == (1, True)
    assert (await list_broadcasts(pool)).items == ()
    async with at_work(client, pool):
        made = await fermata("broadcast", "start", "churn_risk", "--rate", "6/min", "--yes", "--json", "--by", "ada")
        broadcast_id = json.loads(made.stdout)["id"]

        async def entering() -> bool:
            return (await find_broadcast(pool, broadcast_id)).state is BroadcastState.ENTERING

        assert await until(entering, limit=LIMIT)
        paused = await fermata("broadcast", "pause", broadcast_id, "--by", "ada", "--why", "prices")
        assert paused.output == f"{broadcast_id}: Paused by ada: prices\n"
        resumed = await fermata("broadcast", "resume", broadcast_id, "--by", "ada", "--json")
        assert json.loads(resumed.stdout)["detail"] == "Resumed by ada"
        await fermata("broadcast", "cancel", broadcast_id, "--by", "ada")

        async def over() -> bool:
            return (await find_broadcast(pool, broadcast_id)).state is BroadcastState.CANCELLED

        assert await until(over, limit=LIMIT)
    shown = await fermata("broadcast", "show", broadcast_id)
    assert shown.output.startswith("churn_risk: cancelled\n")
    assert "in the segment  30" in shown.output
    assert "29  cancelled" in shown.output or "28  cancelled" in shown.output
    listed = await fermata("broadcast", "list")
    assert listed.output.splitlines()[1].split()[:2] == [broadcast_id, "churn_risk"]
    assert "Declared: churn_risk." in listed.output


async def test_what_cannot_be_understood_is_told_with_the_mend(fermata: Fermata) -> None:
    for arguments, told in (
        (("--at", "2026-12-01T10:00"), "--local-time 2026-12-01T10:00"),
        (("--rate", "fast"), "write 50/s, 30/min"),
        (("--set", "title"), "names no property"),
    ):
        refused = await fermata("broadcast", "preview", "churn_risk", *arguments)
        assert (refused.exit_code, told in " ".join(refused.output.split())) == (2, True), refused.output


async def test_what_begins_by_itself_is_made_held_let_go_changed_and_taken_away(
    fermata: Fermata, client: Client, pool: Pool
) -> None:
    async def connect() -> Client:
        return client

    schedules = BroadcastSchedules(declared_broadcasts(PACKAGES), connect)
    assert await schedules.set_up() == ("churn_risk",)
    assert await schedules.set_up() == ()  # again without harm
    try:
        listed = json.loads((await fermata("schedule", "list", "--json")).stdout)["schedules"]
        assert [(each["name"], each["paused"], each["next_at"]) for each in listed] == [("churn_risk", True, None)]
        assert listed[0]["recurs"] == "every 1 day, offset 6 hours"
        let_go = json.loads((await fermata("schedule", "resume", "churn_risk", "--by", "ada", "--json")).stdout)
        assert (let_go["paused"], let_go["note"], let_go["next_at"][11:16]) == (False, "resumed by ada", "06:00")
        monday = ("--cron", "0 9 * * mon", "--time-zone", "Asia/Tokyo")
        changed = json.loads((await fermata("schedule", "put", "churn_risk", *monday, "--json")).stdout)
        assert changed["recurs"] == "cron '0 9 * * mon' in Asia/Tokyo"
        assert datetime.fromisoformat(changed["next_at"]).strftime("%a %H:%M") == "Mon 00:00"
        held = await fermata("schedule", "pause", "churn_risk", "--by", "ada", "--why", "new texts")
        assert "held; `fermata schedule resume churn_risk`" in held.output
        nonsense = await fermata("schedule", "put", "churn_risk", "--cron", "every morning")
        assert (nonsense.exit_code, "does not understand" in str(nonsense.exception)) == (1, True)
        acts = await list_entries(pool, since=NOON, action="schedule", limit=100)
        said = [each.action.partition(".")[2] for each in reversed(acts.items) if each.outcome is Outcome.DONE]
        assert said == ["resume", "put", "pause"]
        assert (acts.items[0].action, acts.items[0].target) == ("schedule.put", "churn_risk")
        assert acts.items[0].outcome in (Outcome.REFUSED, Outcome.FAILED)
        await write_customers_at_risk(pool, 3)
        async with at_work(client, pool):
            await client.get_schedule_handle("broadcast/churn_risk").trigger()

            async def done() -> bool:
                return any(each.state is BroadcastState.DONE for each in (await list_broadcasts(pool)).items)

            assert await until(done, limit=LIMIT)
        (record,) = (await list_broadcasts(pool)).items
        assert (record.progress.people, record.changes[0].why) == (3, "by its schedule")
    finally:
        await fermata("schedule", "remove", "churn_risk")
    assert "No broadcast is scheduled" in (await fermata("schedule", "list")).output
