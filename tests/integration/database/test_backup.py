"""A backup is one only when it was restored: a dump of a database that is in use, and what holds in what comes back."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client

from api.application import create_app
from cli.stack.child import Child, ChildCommand
from cli.stack.http_server import HttpServer
from cli.stack.postgres import Postgres
from cli.stack.postgres_binaries import find_binaries
from cli.stack.temporal_server import TemporalServer
from fermata.database import Pool, open_pool
from fermata.database.migrate import migrate
from fermata.journeys import JourneyDefinition, Registry, Trigger
from fermata.ledger import Policies, begin_send, decide_and_reserve, settle_sent
from fermata.privacy import ProfileKeys, master_keys_from
from fermata.vocabulary import Action
from tests.integration.api.served import serving
from tests.pages import ROOT, blocks
from tests.people import NOON, Enrolled, enrol
from tests.policies import under
from worker.codec import ProfileCodec
from worker.dispatcher import Dispatcher
from worker.plugin import fermata_plugin
from workflows.search_attributes import ALL

_ONE_A_DAY = """
version = 1
[channels.email]
window = "always"
caps = [{ limit = 1, per = "1d" }]
when_capped = "drop"
"""
_MASTERS = master_keys_from("m1=QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=")


async def _run(folder: Path, program: str, *arguments: str) -> None:
    command = ChildCommand(
        name=program, arguments=(str(find_binaries().folder / program), *arguments), log=folder / f"{program}.log"
    )
    child = await Child.start(command)
    assert await child.wait() == 0, child.last_lines()


@pytest.fixture
async def restored_url(postgres: Postgres) -> AsyncIterator[str]:
    """The address of a database without anything in it."""
    name = f"restored_{uuid4().hex}"
    yield await postgres.create_database(name)
    await postgres.drop_database(name)


async def _rows(pool: Pool) -> dict[str, int]:
    tables = await pool.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    return {row["relname"]: await pool.fetchval(f'SELECT count(*) FROM "{row["relname"]}"') for row in tables}  # noqa: S608


async def test_what_a_dump_brings_back_works_on_where_it_stood(
    pool: Pool, database_url: str, restored_url: str, tmp_path: Path
) -> None:
    policies, ada = await under(pool, _ONE_A_DAY), await enrol(pool)
    sent = await decide_and_reserve(pool, policies, ada.attempt(), NOON)
    await begin_send(pool, sent.id, NOON, provider="smtp-1")
    await settle_sent(pool, sent.id, NOON, provider="smtp-1", provider_message_id="m-1")
    said = Payload(metadata={"encoding": b"json/plain"}, data=b'"her cart"')
    [written] = await ProfileCodec(ProfileKeys(pool, _MASTERS), ada.profile_id).encode([said])
    event = {"userId": "ada", "event": "Product Added", "messageId": "once", "properties": {"product_id": "p1"}}
    async with serving(pool) as door, door.sender() as sender:
        key = door.write_key
        assert (await sender.post("/v1/track", json=event)).json()["accepted"] == 1

    dump = str(tmp_path / "fermata.dump")
    await _run(tmp_path, "pg_dump", "--format=custom", f"--file={dump}", database_url)
    await _run(tmp_path, "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={restored_url}", dump)
    await migrate(restored_url)

    async with open_pool(restored_url) as restored:
        assert await _rows(restored) == await _rows(pool)
        again = await decide_and_reserve(restored, Policies(), ada.attempt(), NOON)
        assert again.id == sent.id, "what was decided before is decided the same"
        capped = await decide_and_reserve(restored, Policies(), ada.attempt("another"), NOON + timedelta(hours=1))
        assert (capped.action, str(capped.reason)) == (Action.DROP, "frequency_capped")
        assert await ProfileCodec(ProfileKeys(restored, _MASTERS)).decode([written]) == [said]
        with pytest.raises(asyncpg.PostgresError):  # the triggers came along
            await restored.execute("DELETE FROM consent_log")
        registry = Registry({"cart": JourneyDefinition(trigger=Trigger("Product Added"), goal="Order Completed")})
        async with (
            HttpServer(create_app(pool=restored, registry=registry)) as server,
            httpx.AsyncClient(base_url=server.url, auth=(key, "")) as sender,
        ):
            assert (await sender.post("/v1/track", json=event)).json()["duplicates"] == 1
            assert (await sender.post("/v1/track", json={**event, "messageId": "twice"})).json()["accepted"] == 1
        before, after = [await each.fetch("SELECT id FROM dispatches ORDER BY id") for each in (pool, restored)]
        assert [row["id"] for row in after][: len(before)] == [row["id"] for row in before]
        assert len(after) > len(before), "the new one came after those of before"


async def test_a_temporal_that_forgot_everything_is_told_it_again_in_order(pool: Pool, temporal: Client) -> None:
    ada, gone = await enrol(pool), await enrol(pool)
    for person in (ada, gone):
        await _leave(pool, person, "start", person.trigger.model_dump(mode="json"))
        await _leave(pool, person, "signal", person.trigger.model_dump(mode="json"))
    known = await Client.connect(temporal.service_client.config.target_host, plugins=[fermata_plugin()])
    before = Dispatcher(pool, known, queue=uuid4().hex)
    while await before.deliver_due(datetime.now(UTC)):
        continue
    await pool.execute("UPDATE journey_runs SET ended_at = now(), state = 'completed' WHERE id = $1", gone.run_id)
    [statement] = [block.text for block in blocks(ROOT / "docs" / "backup.md", "sql")]
    async with TemporalServer(search_attributes=ALL) as empty:
        client = await Client.connect(empty.address, plugins=[fermata_plugin()])
        after = Dispatcher(pool, client, queue=uuid4().hex)
        assert await after.deliver_due(datetime.now(UTC)) == 0
        await pool.execute(statement)
        while await after.deliver_due(datetime.now(UTC)):
            continue
        history = await client.get_workflow_handle(ada.workflow_id).fetch_history()
        signals = [each for each in history.events if each.HasField("workflow_execution_signaled_event_attributes")]
        assert len(signals) == 2, "the trigger that came with the start, and the event after it"
        assert [each.id async for each in client.list_workflows(f"WorkflowId = '{gone.workflow_id}'")] == []
    told = await pool.fetch("SELECT kind, result FROM dispatches WHERE run_id = $1 ORDER BY id", ada.run_id)
    assert [tuple(row) for row in told] == [("start", "started"), ("signal", "signalled")]


async def _leave(pool: Pool, person: Enrolled, kind: str, payload: dict[str, object]) -> None:
    await pool.execute(
        "INSERT INTO dispatches (profile_id, run_id, event_id, kind, payload, due_at, created_at)"
        " VALUES ($1, $2, $3, $4, $5, now(), now())",
        person.profile_id,
        person.run_id,
        person.trigger.id,
        kind,
        payload,
    )
