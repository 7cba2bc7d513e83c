"""Somebody in the middle of a wait is erased: the run ends, nothing is sent, and no table says who they were."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowHandle, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from cli.stack.smtp_server import SmtpServer
from fermata.database import Pool
from fermata.enrolment.ending import end_runs
from fermata.erasure import Receipt, begin, read
from fermata.erasure.receipt import ErasureState
from fermata.errors import ConfigurationError
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.policy import default_document
from fermata.privacy import EnvironmentKeys, KeyGone, ProfileKeys
from fermata.vocabulary import Reason
from tests.acceptance.world import World, all_journeys, open_world
from tests.people import Enrolled
from worker.codec import ProfileCodec
from worker.erasing import finish_due
from worker.plugin import fermata_plugin
from worker.replay.opened import fetch_opened
from worker.replay.replaying import replay_one

MARK = "zqx"
"""Stands in all that is the person's, and nowhere else."""
ADDRESSES = {"email": f"ada.{MARK}@example.com", "sms": "+442071838999", "push": f"token-{MARK}"}
MARKED = (MARK, "442071838999")
_CALL = timedelta(seconds=10)


@pytest.fixture
def cached_runs() -> int:
    """How often runs are replayed makes no difference here."""
    return 1000


async def _say(world: World, person: Enrolled, name: str) -> None:
    """Has something come in by the door that is marked all over."""
    user = f"user-{MARK}"
    await world.pool.execute(
        "INSERT INTO identities (kind, value, profile_id, first_seen_at) VALUES ('user_id', $1, $2, $3)"
        " ON CONFLICT DO NOTHING",
        user,
        person.profile_id,
        datetime.now(UTC),
    )
    payload = {"type": "track", "event": name, "userId": user, "messageId": f"m-{MARK}-{name}"}
    event = parse({**payload, "properties": {"note": MARK}}, received_at=datetime.now(UTC))
    await Ingest(world.pool, world.registry).accept([event], (), datetime.now(UTC))


async def _dump(pool: Pool) -> str:
    """Every table of the database as text."""
    tables = await pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    parts = []
    for table in tables:
        rows = await pool.fetch(f'SELECT t::text FROM "{table["tablename"]}" t')  # noqa: S608
        parts += [f"{table['tablename']} {row[0]}" for row in rows]
    return "\n".join(parts)


async def _found(pool: Pool, *also: str) -> list[str]:
    return [line for line in (await _dump(pool)).splitlines() if any(mark in line for mark in (*MARKED, *also))]


def _inputs(history: WorkflowHistory) -> list[Payload]:
    """What its events carry, as Temporal stores it."""
    return [
        payload
        for event in history.events
        for carried in (
            event.workflow_execution_started_event_attributes.input,
            event.workflow_execution_signaled_event_attributes.input,
            event.activity_task_scheduled_event_attributes.input,
            event.activity_task_completed_event_attributes.result,
        )
        for payload in carried.payloads
    ]


async def _until_finished(world: World, person: Enrolled) -> Receipt:
    """The worker's loop, turn by turn, until the receipt is whole."""
    async with asyncio.timeout(30):
        while True:
            await world.deliver()
            await finish_due(world.pool, world.skipper.client, {"Product Viewed"}, datetime.now(UTC))
            receipt = await read(world.pool, person.profile_id)
            assert receipt is not None
            if receipt.state is ErasureState.FINISHED:
                return receipt
            await asyncio.sleep(0.05)


async def _is_there(run: WorkflowHandle[Any, Any]) -> bool:
    try:
        await run.describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


async def _until_it_is_gone(run: WorkflowHandle[Any, Any]) -> None:
    """Temporal deletes in the background."""
    async with asyncio.timeout(20):
        while True:
            if not await _is_there(run):
                return
            await asyncio.sleep(0.1)


async def test_a_person_in_the_middle_of_a_wait_is_erased_with_a_message_waiting(world: World) -> None:
    ada = await world.enrol("cart_recovery", hour=3, addresses=ADDRESSES)
    await world.pool.execute("UPDATE profiles SET traits = $1", {"first_name": MARK})
    await _say(world, ada, "Product Viewed")
    run = await world.start(ada)
    await world.let_pass(run, timedelta(hours=2))
    assert await world.pool.fetchval("SELECT count(*) FROM deferrals") == 1, "a message waits for the morning"
    bob = await world.enrol("welcome")
    other = await world.start(bob)

    begun = await begin(world.pool, ada.profile_id, by="tests", why="ticket 1", now=datetime.now(UTC))
    assert (begun.state, begun.runs_ended) == (ErasureState.BEGUN, 2)
    receipt = await _until_finished(world, ada)

    assert (receipt.histories_deleted, receipt.histories_not_there) == (1, 1), "one was never started"
    assert receipt.suppressions_kept == 3
    assert receipt.removed["decisions"] >= 1
    assert (receipt.removed["events"], receipt.nameless["events"], receipt.nameless["journey_runs"]) == (1, 1, 2)
    assert await _found(world.pool) == []
    assert {line.split()[0] for line in await _found(world.pool, str(ada.profile_id))} <= {"erasures"}
    ended = await world.pool.fetchrow("SELECT state, reason FROM journey_runs WHERE journey = 'cart_recovery'")
    assert tuple(ended) == ("exited", Reason.PROFILE_ERASED)
    assert not world.smtp.mailbox.to(ADDRESSES["email"])
    assert not any(mark in str(world.provider.messages) for mark in MARKED)
    assert not any(mark in receipt.model_dump_json() for mark in MARKED)
    await _until_it_is_gone(run)
    assert (await other.describe()).status is not None, "another person's history is still there"
    again = await begin(world.pool, ada.profile_id, by="else", why="", now=datetime.now(UTC))
    assert again == receipt


async def test_whoever_comes_back_is_a_stranger_whom_no_message_reaches(world: World) -> None:
    ada = await world.enrol("welcome", addresses=ADDRESSES)
    await _say(world, ada, "Product Viewed")
    async with world.pool.acquire() as connection, connection.transaction():
        await end_runs(connection, ada.profile_id, Reason.EXITED, datetime.now(UTC))
    await begin(world.pool, ada.profile_id, by="tests", why="", now=datetime.now(UTC))
    await _until_finished(world, ada)
    await world.pool.execute("UPDATE events SET message_id = id::text")
    back = await world.enrol("welcome", addresses={**ADDRESSES, "email": ADDRESSES["email"].upper()})
    run = await world.start(back)
    await world.let_pass(run, timedelta(days=3))
    assert await world.pool.fetchval("SELECT count(*) FROM decisions WHERE action = 'send' AND channel = 'email'") == 0
    assert await world.pool.fetchval("SELECT count(*) FROM decisions WHERE facts::text LIKE '%suppressed%'") > 0


async def test_what_was_kept_of_a_history_elsewhere_is_closed_when_the_person_is_erased(
    temporal: Client, temporal_address: str, pool: Pool, smtp: SmtpServer
) -> None:
    masters = EnvironmentKeys({"test": os.urandom(32)})
    keys = ProfileKeys(pool, masters, remembered=timedelta(0))
    client = await Client.connect(temporal_address, plugins=[fermata_plugin(keys=keys)])
    without = await Client.connect(temporal_address, plugins=[fermata_plugin()])
    async with open_world(client, pool, smtp, policy=default_document(), journeys=all_journeys()) as world:
        ada, bob = await world.enrol("cart_recovery", hour=3, addresses=ADDRESSES), await world.enrol("welcome")
        run, other = await world.start(ada), await world.start(bob)
        await world.let_pass(run, timedelta(hours=2))
        stored = [await temporal.get_workflow_handle(each.id).fetch_history() for each in (run, other)]
        payloads = [_inputs(each) for each in stored]
        assert {each.metadata["encoding"] for each in (*payloads[0], *payloads[1])} == {b"binary/encrypted"}
        codec = ProfileCodec(keys)
        assert len(await codec.decode(payloads[0])) == len(payloads[0])
        assert await replay_one(await fetch_opened(client, run.id, None, within=_CALL), all_journeys()) is None
        with pytest.raises(ConfigurationError, match="FERMATA_MASTER_KEYS"):
            await fetch_opened(without, run.id, None, within=_CALL)
        await begin(pool, ada.profile_id, by="tests", why="", now=datetime.now(UTC))
        receipt = await _until_finished(world, ada)
        assert receipt.removed["profile_keys"] == 1
        with pytest.raises(KeyGone):
            await codec.decode(payloads[0])
        world.started.remove(run)  # nothing can be said to it any more: there is no key to write by
        assert len(await codec.decode(payloads[1])) == len(payloads[1]), "another person's history still opens"
