"""Feedback over real HTTP, signed as each provider signs: believed once, or not at all."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from api.application import create_app
from cli.stack.http_server import HttpServer
from fermata.database import Pool
from fermata.events.webhooks import read_sources
from fermata.feedback.sources import read_tellers
from fermata.vocabulary import Channel
from tests.integration.feedback.sent import REGISTRY, sent, state, suppressed, told
from tests.people import NOON, Enrolled
from tests.unit.feedback import provider_signing as signing
from tests.unit.feedback.provider_signing import Signed

PUBLIC = "https://journeys.shop.example"
NUMBER = "+442071838750"


@pytest.fixture
async def provider(pool: Pool) -> AsyncIterator[httpx.AsyncClient]:
    """A provider's client before the application with every kind of teller."""
    app = create_app(
        pool=pool,
        registry=REGISTRY,
        sources=read_sources(signing.DOCUMENT, signing.SECRETS),
        tellers=read_tellers(signing.DOCUMENT, signing.SECRETS),
        public_url=PUBLIC,
    )
    async with HttpServer(app) as server, httpx.AsyncClient(base_url=server.url) as client:
        yield client


async def post(client: httpx.AsyncClient, signed: Signed) -> httpx.Response:
    return await client.post(signed.path, content=signed.body, headers=dict(signed.headers))


def mail_event(kind: str, decision_id: object, **more: Any) -> dict[str, Any]:
    return {
        "event": kind,
        "email": "ada@example.com",
        "timestamp": int(NOON.timestamp()) + 60,
        "sg_event_id": f"sg-{kind}",
        "decision_id": str(decision_id),
        **more,
    }


def status(sid: str, said: str, **more: str) -> dict[str, str]:
    return {"MessageSid": sid, "MessageStatus": said, "To": NUMBER, "From": "+15005550006", **more}


def text(sid: str, body: str, **more: str) -> dict[str, str]:
    return {"MessageSid": sid, "SmsStatus": "received", "From": NUMBER, "To": "+15005550006", "Body": body, **more}


async def test_sendgrid_tells_of_all_that_becomes_of_a_mail(
    pool: Pool, provider: httpx.AsyncClient, ada: Enrolled
) -> None:
    decision_id = await sent(pool, ada)
    events = [
        mail_event("processed", decision_id),
        mail_event("delivered", decision_id),
        mail_event("open", decision_id, sg_machine_open=True),
        mail_event("click", decision_id, url="https://shop.example/cart?token=secret"),
        mail_event("spamreport", decision_id),
        mail_event("unsubscribe", decision_id, ip="192.0.2.7"),
        "nonsense",
    ]
    answer = await post(provider, signing.sendgrid(events, datetime.now(UTC)))
    assert (answer.status_code, answer.json()) == (
        200,
        {"success": True, "accepted": 5, "duplicates": 0, "unknown": 0, "not_understood": 2},
    )
    again = await post(provider, signing.sendgrid(events, datetime.now(UTC)))
    assert again.json()["duplicates"] == 5
    assert await state(pool, decision_id) == "complained"
    assert await suppressed(pool) == {("email", "ada@example.com"): "complaint"}
    assert [name for name, _ in await told(pool)] == [
        "Email Delivered",
        "Email Link Clicked",
        "Email Marked as Spam",
        "Unsubscribed",
    ]


@pytest.mark.parametrize(
    ("event", "cause"),
    [
        ({"event": "bounce", "type": "bounce", "status": "5.1.1"}, "hard_bounce"),
        ({"event": "bounce", "type": "blocked", "status": "5.7.1"}, None),
        ({"event": "bounce", "type": "bounce", "status": "4.2.2"}, None),
        ({"event": "dropped", "reason": "Bounced Address"}, "hard_bounce"),
        ({"event": "dropped", "reason": "Recipient List over Package Quota"}, None),
    ],
    ids=["no such mailbox", "blocked", "full mailbox", "bounced before", "over quota"],
)
async def test_a_mail_that_comes_back_is_hard_or_soft(
    pool: Pool, provider: httpx.AsyncClient, ada: Enrolled, event: dict[str, Any], cause: str | None
) -> None:
    decision_id = await sent(pool, ada)
    await post(provider, signing.sendgrid([{**mail_event("bounce", decision_id), **event}], datetime.now(UTC)))
    assert await state(pool, decision_id) == "bounced"
    assert await suppressed(pool) == ({("email", "ada@example.com"): cause} if cause else {})


async def test_a_mail_is_found_by_the_providers_id_of_it(
    pool: Pool, provider: httpx.AsyncClient, ada: Enrolled
) -> None:
    decision_id = await sent(pool, ada, message_id="filter-1")
    event = mail_event("delivered", "", sg_message_id="filter-1.recvd-0001")
    await post(provider, signing.sendgrid([event], datetime.now(UTC)))
    assert await state(pool, decision_id) == "delivered"


async def test_twilio_tells_of_a_text_by_the_decision_in_its_address_or_by_its_sid(
    pool: Pool, provider: httpx.AsyncClient, ada: Enrolled
) -> None:
    first = await sent(pool, ada, "one", Channel.SMS, message_id="SM1")
    second = await sent(pool, ada, "two", Channel.SMS, message_id="SM2")
    by_address = f"/webhooks/texter?decision={first}"
    answer = await post(provider, signing.twilio(PUBLIC, by_address, status("SMX", "delivered")))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    by_sid = status("SM2", "undelivered", ErrorCode="30005")
    await post(provider, signing.twilio(f"{PUBLIC}:443", "/webhooks/texter", by_sid))
    assert (await state(pool, first), await state(pool, second)) == ("delivered", "bounced")
    assert await suppressed(pool) == {("sms", NUMBER): "hard_bounce"}


async def test_any_provider_tells_in_signed_json(pool: Pool, provider: httpx.AsyncClient, ada: Enrolled) -> None:
    decision_id = await sent(pool, ada, channel=Channel.SMS)
    said = {
        "type": "message.delivered",
        "timestamp": NOON.isoformat(),
        "data": {"decision_id": str(decision_id)},
    }
    answer = await post(provider, signing.standard(said, datetime.now(UTC)))
    assert answer.json()["accepted"] == 1
    assert await state(pool, decision_id) == "delivered"
    replayed = await post(provider, signing.standard(said, datetime.now(UTC)))
    assert (replayed.json()["accepted"], replayed.json()["duplicates"]) == (0, 1)


async def test_a_text_of_the_gateway_reaches_a_journey(pool: Pool, provider: httpx.AsyncClient, ada: Enrolled) -> None:
    said = {"type": "message.received", "timestamp": NOON.isoformat(), "data": {"from": NUMBER, "text": "Yes"}}
    await post(provider, signing.standard(said, datetime.now(UTC)))
    ((name, properties),) = await told(pool)
    assert (name, properties["keyword"]) == ("SMS Received", "yes")


async def test_help_is_answered_in_twiml_and_other_texts_are_not(provider: httpx.AsyncClient, ada: Enrolled) -> None:
    del ada
    answer = await post(provider, signing.twilio(PUBLIC, "/webhooks/texter", text("SM1", "help!")))
    assert "<Message>Shop &amp; Co: write to help@shop.example." in answer.text
    answer = await post(provider, signing.twilio(PUBLIC, "/webhooks/texter", text("SM2", "Do you have it in blue?")))
    assert answer.text.endswith("<Response></Response>")


async def nothing_happened(pool: Pool) -> bool:
    return not await pool.fetchval("SELECT EXISTS (SELECT 1 FROM feedback)")


async def test_what_is_not_signed_or_signed_for_something_else_is_refused(
    pool: Pool, provider: httpx.AsyncClient, ada: Enrolled
) -> None:
    decision_id = await sent(pool, ada)
    now = datetime.now(UTC)
    mail = signing.sendgrid([mail_event("bounce", decision_id)], now)
    sms = signing.twilio(PUBLIC, "/webhooks/texter", text("SM1", "STOP"))
    gateway = signing.standard({"type": "message.delivered", "data": {"id": "1"}}, now)
    for signed in (mail, sms, gateway):
        changed = replace(signed, body=signed.body.replace(b"b", b"c").replace(b"S", b"s").replace(b"1", b"2"))
        bare = replace(signed, headers={"Content-Type": signed.headers.get("Content-Type", "application/json")})
        for wrong in (changed, bare):
            assert (await post(provider, wrong)).status_code == 401
    elsewhere = signing.twilio("https://evil.example", "/webhooks/texter", text("SM1", "STOP"))
    another = signing.twilio(PUBLIC, "/webhooks/texter", text("SM1", "STOP"), token="another")
    for wrong in (elsewhere, another, replace(sms, path="/webhooks/texter?decision=1")):
        assert (await post(provider, wrong)).status_code == 401
    assert await nothing_happened(pool)


async def test_an_old_delivery_is_refused(pool: Pool, provider: httpx.AsyncClient, ada: Enrolled) -> None:
    decision_id = await sent(pool, ada)
    for minutes in (-6, 6):
        then = datetime.now(UTC) + timedelta(minutes=minutes)
        events = signing.sendgrid([mail_event("bounce", decision_id)], then)
        said = {"type": "message.delivered", "timestamp": NOON.isoformat(), "data": {"id": "1"}}
        for old in (events, signing.standard(said, then)):
            assert (await post(provider, old)).status_code == 401
    assert await nothing_happened(pool)


async def test_what_is_believed_and_makes_no_sense_is_a_bad_request(pool: Pool, provider: httpx.AsyncClient) -> None:
    now = datetime.now(UTC)
    for signed in (
        signing.sendgrid({"event": "open"}, now),
        signing.sendgrid(b"[", now),
        signing.twilio(PUBLIC, "/webhooks/texter", {"Body": "STOP"}),
        signing.standard({"type": "message.lost", "data": {}}, now),
    ):
        assert (await post(provider, signed)).status_code == 400
    assert await nothing_happened(pool)


async def test_no_other_name_has_a_door(provider: httpx.AsyncClient) -> None:
    assert (await provider.post("/webhooks/somebody", content=b"[]")).status_code == 404
