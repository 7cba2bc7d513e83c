"""A journey hands a person to a colleague, and hears when they have dealt with it."""

import json
from datetime import UTC, datetime, timedelta

import httpx
from standardwebhooks import Webhook

from api.application import create_app
from cli.stack.http_server import HttpServer
from fermata.events.webhooks import read_sources
from tests.acceptance.world import World
from tests.help_desk import SECRET, Refusal
from tests.people import GRANTED, Enrolled


async def _complained(world: World, hour: int = 12) -> Enrolled:
    consent = {**GRANTED, "hand_off": {"marketing": "granted"}}
    return await world.enrol("escalation", trigger="Complaint Made", hour=hour, consent=consent)


async def test_a_complaint_becomes_a_task_and_its_solution_goes_on_with_the_journey(world: World) -> None:
    ada = await _complained(world)
    run = await world.start(ada)
    await world.let_pass(run, timedelta(hours=1))
    (task,) = world.desk.tasks.values()
    assert (task["desk"], task["type"]) == ("support", "hand_off.requested")
    assert task["data"]["title"] == "Call Ada back"
    assert task["data"]["priority"] == "high"
    assert task["data"]["profile"]["email"] == "ada@example.com"
    await world.tell(run, ada, "Support Ticket Solved")
    await world.let_pass(run, timedelta(days=8))
    assert (await world.outcome(run)).state == "completed"
    assert [task["data"]["title"] for task in world.desk.tasks.values()] == ["Call Ada back", "Win Ada back"]
    sent = await world.pool.fetch(
        "SELECT state, provider, provider_message_id FROM reservations ORDER BY reserved_at, decision_id"
    )
    assert [tuple(row) for row in sent] == [("sent", "webhook:hand_off", "T-1"), ("sent", "webhook:hand_off", "T-2")]


async def test_a_desk_that_fails_gets_one_task_in_the_end(world: World) -> None:
    world.desk.refusals = [Refusal(503), Refusal(500, taken=True)]
    ada = await _complained(world)
    run = await world.start(ada)
    await world.let_pass(run, timedelta(days=8))
    assert (await world.outcome(run)).state == "completed"
    assert (world.desk.requests, len(world.desk.tasks)) == (3, 1)


async def test_what_is_owed_is_handed_off_at_night_and_a_sales_call_waits_for_business_hours(world: World) -> None:
    ada = await _complained(world, hour=3)
    run = await world.start(ada)
    await world.let_pass(run, timedelta(minutes=1))
    assert len(world.desk.tasks) == 1
    await world.tell(run, ada, "Support Ticket Solved")
    await world.let_pass(run, timedelta(days=8))
    decisions = await world.decisions()
    assert decisions[0] == ("send", "eligible", "hand_off")
    assert decisions[1] == ("defer", "outside_window", "hand_off")
    assert decisions[-1] == ("send", "eligible", "hand_off")


_DESK_ANSWERS = """
[sources.desk]
kind = "mapping"
secrets = ["DESK_SECRET"]
event_name = "Support Ticket Solved"
user_id = "ticket.requester"
properties = { ticket_id = "ticket.id" }
"""


async def test_the_desks_own_webhook_comes_back_into_the_run_that_handed_over(world: World) -> None:
    ada = await _complained(world)
    await world.pool.execute(
        "INSERT INTO identities (kind, value, profile_id, first_seen_at) VALUES ('user_id', 'u1', $1, now())",
        ada.profile_id,
    )
    run = await world.start(ada)
    await world.let_pass(run, timedelta(hours=1))
    (task,) = world.desk.tasks.values()
    solved = json.dumps({"ticket": {"id": "T-1", "requester": task["data"]["profile"]["user_id"]}})
    sources = read_sources(_DESK_ANSWERS, {"DESK_SECRET": SECRET})
    async with (
        HttpServer(create_app(pool=world.pool, registry=world.registry, sources=sources)) as server,
        httpx.AsyncClient() as client,
    ):
        for _ in range(2):  # a desk that lost our answer sends again
            answer = await client.post(f"{server.url}/webhooks/desk", content=solved, headers=_signed("msg_77", solved))
            assert answer.status_code == 200
    await world.deliver()
    await world.let_pass(run, timedelta(days=8))
    assert [task["data"]["title"] for task in world.desk.tasks.values()] == ["Call Ada back", "Win Ada back"]


def _signed(identifier: str, body: str) -> dict[str, str]:
    now = datetime.now(UTC)
    return {
        "webhook-id": identifier,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(identifier, now, body),
    }
