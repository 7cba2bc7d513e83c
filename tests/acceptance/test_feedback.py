"""What becomes of messages, and what people answer, reaches the journey that sent them by the doors of providers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import SecretStr

from api.application import create_app
from cli.stack.http_server import HttpServer
from cli.stack.provider_feedback import Hook
from fermata.feedback.sources import read_tellers
from tests.acceptance.world import World
from tests.people import ADDRESSES, Enrolled
from tests.unit.feedback.provider_signing import SECRETS, sendgrid
from worker.dispatcher import Dispatcher

MINUTE = timedelta(minutes=1)
POLICY = 'version = 1\n[channels.email]\nwindow = "always"\n[channels.sms]\nwindow = "always"\n'
TELLERS = """
[feedback.mailer]
kind = "sendgrid"
secrets = ["SENDGRID_KEY"]
[feedback.gateway]
kind = "standard"
secrets = ["GATEWAY_SECRET"]
provider = "http:127.0.0.1"
"""


@pytest.fixture
def policy() -> str:
    """Nothing holds these messages up."""
    return POLICY


@asynccontextmanager
async def providers_tell(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """The API with the doors of the world's providers, which know where to tell."""
    app = create_app(pool=world.pool, registry=world.registry, tellers=read_tellers(TELLERS, SECRETS))
    async with HttpServer(app) as server, httpx.AsyncClient(base_url=server.url) as mailer:
        secret = SecretStr(SECRETS["GATEWAY_SECRET"])
        world.provider.hook = Hook(url=f"{server.url}/webhooks/gateway", secret=secret)
        yield mailer


async def enrolled(world: World) -> Enrolled:
    ada = await world.enrol("conversation", addresses=ADDRESSES)
    await world.pool.execute(
        "INSERT INTO identities (kind, value, profile_id, first_seen_at) VALUES ('user_id', 'ada', $1, now())",
        ada.profile_id,
    )
    return ada


async def delivered(world: World) -> None:
    dispatcher = Dispatcher(world.pool, world.skipper.client, queue=world.queue)
    while await dispatcher.deliver_due(datetime.now(UTC)):
        pass


def mail_event(world: World, kind: str, **more: str) -> dict[str, object]:
    decision_id = str(world.smtp.messages[-1].message["X-Fermata-Decision"])
    now = int(datetime.now(UTC).timestamp())
    return {"event": kind, "sg_event_id": kind, "timestamp": now, "decision_id": decision_id, **more}


async def tell(mailer: httpx.AsyncClient, *events: dict[str, object]) -> None:
    signed = sendgrid(list(events), datetime.now(UTC))
    answer = await mailer.post(signed.path, content=signed.body, headers=dict(signed.headers))
    assert answer.status_code == 200


async def test_a_click_brings_a_text_and_its_answer_another(world: World) -> None:
    ada = await enrolled(world)
    run = await world.start(ada)
    await world.let_pass(run, MINUTE)
    async with providers_tell(world) as mailer, httpx.AsyncClient(base_url=world.provider.url) as texter:
        await tell(mailer, mail_event(world, "delivered"), mail_event(world, "click", url="https://shop.example/cart"))
        await delivered(world)
        await world.let_pass(run, MINUTE)
        (asked,) = world.provider.messages
        told = await texter.post(f"/v1/messages/{asked.id}/feedback", json={"kind": "delivered"})
        assert told.json() == {"answered": 200}
        await texter.post("/v1/texts", json={"from": ADDRESSES["sms"], "text": "Yes!"})
        await delivered(world)
    assert (await world.outcome(run)).state == "completed"
    assert len(world.provider.messages) == 2
    rows = await world.pool.fetch("SELECT channel, state FROM reservations ORDER BY reserved_at")
    assert [tuple(row) for row in rows] == [("email", "delivered"), ("sms", "delivered"), ("sms", "sent")]


async def test_a_stop_ends_the_conversation_at_once(world: World) -> None:
    ada = await enrolled(world)
    run = await world.start(ada)
    await world.let_pass(run, MINUTE)
    async with providers_tell(world), httpx.AsyncClient(base_url=world.provider.url) as texter:
        await texter.post("/v1/texts", json={"from": ADDRESSES["sms"], "text": "STOP"})
        await delivered(world)
    outcome = await world.outcome(run)
    assert (outcome.state, outcome.reason) == ("exited", "Unsubscribed")
    assert await world.pool.fetchval("SELECT reason FROM suppressions") == "stop_reply"
