"""What is poisonous goes aside with its reason and holds up nobody else; once its cause is mended it arrives, once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker

from api.application import create_app
from cli.stack.http_server import HttpServer
from cli.stack.waiting import until
from fermata.access import first_keys
from fermata.database import Pool
from fermata.errors import Conflict
from fermata.ingest import Ingest, drop_dead_letter, list_dead_letters, resend_dead_letter
from fermata.ingest.dead_letters import MOST_FAILURES, DeadLetter
from fermata.journeys import Entry, JourneyEvent, Registry
from tests.integration.worker.test_dispatcher import CART, deliver_all, event, send, signals, waiting
from worker.dispatcher import Dispatcher
from worker.plugin import fermata_plugin
from worker.stuck_runs import look_for_stuck
from workflows.runs_in_temporal import RunsInTemporal

_REGISTRY = Registry({"cart": CART})


@pytest.fixture
def door(pool: Pool) -> Ingest:
    return Ingest(pool, _REGISTRY)


@pytest.fixture
async def client(temporal_address: str) -> Client:
    return await Client.connect(temporal_address, plugins=[fermata_plugin()])


@pytest.fixture
def dispatcher(pool: Pool, client: Client) -> Dispatcher:
    return Dispatcher(pool, client, queue=f"{uuid4().hex}-journeys")


@pytest.fixture
async def served(pool: Pool) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """A sender and an operator."""
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
    async with (
        HttpServer(create_app(pool=pool, registry=_REGISTRY)) as server,
        httpx.AsyncClient(base_url=server.url, auth=(keys["write"], ""), timeout=30) as sender,
        httpx.AsyncClient(
            base_url=f"{server.url}/api/v1/", headers={"Authorization": f"Bearer {keys['admin']}"}, timeout=30
        ) as operator,
    ):
        yield sender, operator


async def letters(pool: Pool) -> tuple[DeadLetter, ...]:
    return (await list_dead_letters(pool, limit=50)).items


async def give_up(door: Ingest, dispatcher: Dispatcher) -> None:
    """Time passes, in which others go well, until what fails each time is given up."""
    now = datetime.now(UTC)
    for number in range(MOST_FAILURES + 1):
        other = f"other-{uuid4().hex}"
        await send(door, event("Product Added", other), event("Product Viewed", other))
        await deliver_all(dispatcher, at=now + timedelta(minutes=number))


async def workflow_of(pool: Pool, user: str) -> str:
    found = await pool.fetchval(
        "SELECT workflow_id FROM journey_runs JOIN identities USING (profile_id) WHERE value = $1", user
    )
    return str(found)


async def test_a_start_that_temporal_refuses_holds_up_no_other_and_is_made_once_when_mended(
    door: Ingest, dispatcher: Dispatcher, client: Client, pool: Pool
) -> None:
    await send(door, event("Product Added", "ada"), *(event("Product Added", f"u{number}") for number in range(100)))
    good = await workflow_of(pool, "ada")
    await pool.execute("UPDATE journey_runs SET workflow_id = repeat('x', 2000) WHERE workflow_id = $1", good)
    await send(door, event("Product Viewed", "ada"))
    while await dispatcher.deliver_due(datetime.now(UTC)):
        pass
    assert await waiting(pool) == 2, "the hundred have arrived; hers, and what stands behind it, wait"
    await give_up(door, dispatcher)
    assert await waiting(pool) == 0
    (letter,) = await letters(pool)
    assert (letter.kind, letter.word, letter.journey) == ("dispatch", "start", "cart")
    assert letter.reason == "Temporal refuses it: INVALID_ARGUMENT"
    assert letter.tries == MOST_FAILURES
    await send(door, event("Product Added", "ada"))  # her run has not begun: this waits with the others
    await deliver_all(dispatcher)

    await pool.execute("UPDATE journey_runs SET workflow_id = $1 WHERE length(workflow_id) = 2000", good)
    await resend_dead_letter(pool, door, letter.id, datetime.now(UTC))
    await resend_dead_letter(pool, door, letter.id, datetime.now(UTC))
    await deliver_all(dispatcher)
    assert await signals(client, good) == ["Product Added", "Product Viewed", "Product Added"]
    assert await letters(pool) == ()
    with pytest.raises(Conflict, match="was sent again"):
        await drop_dead_letter(pool, letter.id, datetime.now(UTC))


async def test_a_word_that_cannot_be_read_is_given_up_and_the_same_persons_later_ones_go_on(
    door: Ingest, dispatcher: Dispatcher, client: Client, pool: Pool
) -> None:
    await send(door, event("Product Added", "ada"))
    await deliver_all(dispatcher)
    await send(door, event("Product Viewed", "ada"))
    kept = await pool.fetchval(
        'UPDATE dispatches SET payload = \'{"id": "ada@example.com"}\' WHERE delivered_at IS NULL RETURNING payload'
    )
    assert kept == {"id": "ada@example.com"}
    await send(door, event("Order Completed", "ada"))
    await give_up(door, dispatcher)
    assert await signals(client, await workflow_of(pool, "ada")) == ["Product Added", "Order Completed"]
    (letter,) = await letters(pool)
    assert letter.reason.startswith("ValidationError: id uuid_parsing")
    assert "ada" not in letter.reason
    await drop_dead_letter(pool, letter.id, datetime.now(UTC))
    assert await letters(pool) == ()
    with pytest.raises(Conflict, match="was dropped"):
        await resend_dead_letter(pool, door, letter.id, datetime.now(UTC))


async def test_while_temporal_refuses_every_start_none_is_given_up(
    door: Ingest, dispatcher: Dispatcher, pool: Pool
) -> None:
    await send(door, *(event("Product Added", f"u{number}") for number in range(5)))
    await pool.execute("UPDATE journey_runs SET workflow_id = repeat('x', 2000) || profile_id")
    now = datetime.now(UTC)
    for number in range(MOST_FAILURES + 3):
        await dispatcher.deliver_due(now + timedelta(minutes=number))
    assert (await waiting(pool), await letters(pool)) == (5, ())


async def test_a_dropped_start_ends_its_run(door: Ingest, dispatcher: Dispatcher, pool: Pool) -> None:
    await send(door, event("Product Added", "ada"))
    await pool.execute("UPDATE journey_runs SET workflow_id = repeat('x', 2000)")
    await give_up(door, dispatcher)
    (letter,) = await letters(pool)
    await drop_dead_letter(pool, letter.id, datetime.now(UTC))
    state = await pool.fetchval("SELECT state FROM journey_runs WHERE id = $1", letter.run_id)
    assert state == "terminated"
    await send(door, event("Product Added", "ada"))
    await deliver_all(dispatcher)
    assert (
        await pool.fetchval(
            "SELECT count(*) FROM journey_runs WHERE ended_at IS NULL AND profile_id = $1", letter.profile_id
        )
        == 1
    )


async def test_an_event_that_cannot_be_processed_leaves_a_hundred_others_alone_and_is_sent_again_over_http(
    served: tuple[httpx.AsyncClient, httpx.AsyncClient], pool: Pool
) -> None:
    sender, operator = served
    await pool.execute("ALTER TABLE events ADD CONSTRAINT mistake CHECK (name <> 'Poison')")
    events = [{"type": "track", "messageId": f"m{n}", "userId": f"u{n}", "event": "Fine"} for n in range(100)]
    poison = {"type": "track", "messageId": "p", "userId": "u1", "event": "Poison", "properties": {"a": 1.5}}
    answer = await sender.post("/v1/batch", json={"batch": [*events[:50], poison, *events[50:]]})
    assert (answer.status_code, answer.json()["accepted"], answer.json()["set_aside"]) == (200, 100, ["p"])
    again = await sender.post("/v1/track", json=poison)
    assert (again.status_code, again.json()["accepted"], again.json()["set_aside"]) == (200, 0, ["p"])
    assert await pool.fetchval("SELECT count(*) FROM events") == 100

    (letter,) = (await operator.get("dead-letters")).json()["items"]
    assert letter["reason"].startswith("CheckViolationError 23514 (mistake) at fermata/ingest/accept.py:")
    assert (letter["kind"], letter["message_id"], letter["tries"]) == ("event", "p", 2)
    refused = await operator.post(f"dead-letters/{letter['id']}/resend")
    assert (refused.status_code, "mend the cause" in refused.text) == (409, True)
    await pool.execute("ALTER TABLE events DROP CONSTRAINT mistake")
    for _ in range(2):
        assert (await operator.post(f"dead-letters/{letter['id']}/resend")).status_code == 200
    row = await pool.fetchrow("SELECT count(*) AS n, min(properties::text) AS said FROM events WHERE name = 'Poison'")
    assert (row["n"], row["said"]) == (1, '{"a": 1.5}')
    assert (await operator.get("dead-letters")).json()["items"] == []
    (told,) = (await operator.get("dead-letters", params={"ended": True})).json()["items"]
    assert told["ended_as"] == "resent"
    assert (await operator.delete(f"dead-letters/{letter['id']}")).status_code == 409
    assert (await operator.get(f"dead-letters/{uuid4()}")).status_code == 404
    acts = await pool.fetch("SELECT outcome FROM audit_log WHERE action = 'dead_letters.resend' ORDER BY id")
    assert [act["outcome"] for act in acts] == ["begun", "refused", "begun", "done", "begun", "done"]


_mended = False


@workflow.defn(name="cart", sandboxed=False)
class CartWithAMistake:
    """A journey's place is taken by code that fails until it is mended."""

    @workflow.run
    async def run(self, entry: Entry) -> str:
        if not _mended:
            raise KeyError(entry.trigger.properties.get("email", "ada@example.com"))
        return "on its way"

    @workflow.signal
    async def event(self, event: JourneyEvent) -> None:
        """Takes it."""


async def test_a_run_whose_code_fails_is_shown_with_its_reason_and_goes_on_when_it_is_sent_again(
    door: Ingest, client: Client, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = f"{uuid4().hex}-journeys"
    await send(door, event("Product Added", "ada"))
    async with Worker(client, task_queue=queue, workflows=[CartWithAMistake], workflow_failure_exception_types=[]):
        await deliver_all(Dispatcher(pool, client, queue=queue))
        every = f"WorkflowId = '{await workflow_of(pool, 'ada')}'"  # sooner than the server tells of it by itself

        async def is_stuck() -> bool:
            return await look_for_stuck(pool, client, datetime.now(UTC), query=every) == 1

        assert await until(is_stuck, limit=timedelta(seconds=20))
        assert await is_stuck(), "seen again, it is the same letter"
        (letter,) = await letters(pool)
        assert letter.kind == "run"
        assert letter.reason.startswith("its code fails: workflow worker unhandled failure, KeyError at integration/")
        assert "ada" not in letter.reason
        with pytest.raises(Conflict, match="mend its code"):
            await drop_dead_letter(pool, letter.id, datetime.now(UTC))
        monkeypatch.setitem(globals(), "_mended", True)

        async def connected() -> Client:
            return client

        again = RunsInTemporal(connected).try_again
        await resend_dead_letter(pool, door, letter.id, datetime.now(UTC), again)
        assert await letters(pool) == ()
        assert await client.get_workflow_handle(await workflow_of(pool, "ada")).result() == "on its way"
        assert await look_for_stuck(pool, client, datetime.now(UTC), query=every) == 0
