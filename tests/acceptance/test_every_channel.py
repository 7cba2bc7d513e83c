"""One run reaches somebody in every way there is, and all that becomes of it comes back into the run."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook
from temporalio.client import Client, WorkflowHandle

from api.application import create_app
from cli.stack.http_server import HttpServer
from cli.stack.smtp_server import SmtpServer
from fermata.access import first_keys
from fermata.channels.devices import Device, Platform, kept_devices
from fermata.channels.tracked_links import TrackedLinks
from fermata.database import Pool
from fermata.events.webhooks import read_sources
from fermata.feedback import FeedbackDoor
from fermata.feedback.amazon import Amazon
from fermata.feedback.bounced_mail import read_bounced_mail
from fermata.feedback.sources import read_tellers
from fermata.ingest import Ingest
from fermata.ingest.devices import add_device
from tests.acceptance.every_provider import PUBLIC, EveryProvider, every_provider
from tests.acceptance.world import LINKS, World, all_journeys, open_world
from tests.help_desk import SECRET
from tests.integration.channels.web_push_server import Browser
from tests.integration.feedback.amazon_server import AmazonServer
from tests.people import ADDRESSES, GRANTED, Enrolled
from tests.unit.feedback import provider_signing as signing
from tests.unit.feedback.provider_signing import Signed
from tests.unit.feedback.returned_mails import answer, failed, notification

POLICY = """
version = 1
[channels]
email = { window = "always", caps = [] }
sms = { window = "always" }
push = { window = "always", caps = [{ limit = 1, per = "1d" }], when_capped = "substitute", fallback = "inbox" }
in_app = { window = "session", caps = [{ limit = 1, per = "visit" }], when_capped = "fallback", fallback = "badge" }
ads = { window = "always" }
hand_off = { window = "always" }
"""
DESK = """
[sources.desk]
kind = "mapping"
secrets = ["DESK_SECRET"]
event_name = "Support Ticket Solved"
user_id = "ticket.requester"
"""
CONSENT = {**GRANTED, **{each: {"marketing": "granted"} for each in ("in_app", "ads", "hand_off")}}
TRACKED = TrackedLinks(SecretStr("s" * 32), PUBLIC, "https://shop.example")
CART = "https://shop.example/cart"


@dataclass(frozen=True)
class Everything:
    """A run of Ada's, providers of every kind to send through, and the ways in which they and she tell of it."""

    world: World
    providers: EveryProvider
    ada: Enrolled
    browser: Browser
    run: WorkflowHandle[Any, Any]
    api: httpx.AsyncClient

    async def post(self, path: str, **request: Any) -> httpx.Response:
        """Has somebody tell over HTTP, and the run hear of it."""
        told = await self.api.post(path, **request)
        assert told.status_code == 200, told.text
        await self.world.deliver()
        return told

    async def tell(self, signed: Signed) -> None:
        """Has a provider tell."""
        await self.post(signed.path, content=signed.body, headers=dict(signed.headers))

    async def text(self, sid: str, words: str) -> str:
        """Has Ada write a text; what Twilio is answered."""
        form = {"MessageSid": sid, "SmsStatus": "received", "From": ADDRESSES["sms"], "To": "+447700900000"}
        signed = signing.twilio(PUBLIC, "/webhooks/texter", {**form, "Body": words})
        return (await self.post(signed.path, content=signed.body, headers=dict(signed.headers))).text

    async def come_back(self, raw: bytes) -> None:
        """Has a mail come into the bounce mailbox, as ``fermata feedback read-mail`` reads it."""
        word = read_bounced_mail(raw, datetime.now(UTC))
        assert word is not None
        door = FeedbackDoor(self.world.pool, Ingest(self.world.pool, self.world.registry))
        assert (await door.take([word], datetime.now(UTC))).taken == 1
        await self.world.deliver()

    async def follow(self, link: str) -> None:
        """Has Ada follow a link that leads through here."""
        assert link.startswith(PUBLIC)
        led = await self.api.get(link.removeprefix(PUBLIC))
        assert (led.status_code, led.headers["Location"].partition("?")[0]) == (302, CART)
        await self.world.deliver()


@pytest.fixture
async def everything(fermata_client: Client, pool: Pool, smtp: SmtpServer) -> AsyncIterator[Everything]:
    """All of it, on a visit of Ada's, with an app and a browser of hers, and an app that she has removed."""
    journeys, amazon = all_journeys(), AmazonServer()
    app = create_app(
        pool=pool,
        registry=journeys.registry,
        tellers=read_tellers(signing.DOCUMENT, signing.SECRETS),
        sources=read_sources(DESK, {"DESK_SECRET": SECRET}),
        public_url=PUBLIC,
        amazon=Amazon(amazon.transport()),
        links=LINKS,
        tracked_links=TRACKED,
    )
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
    headers = {"Authorization": f"Bearer {keys['admin']}"}
    async with (
        amazon,
        every_provider(smtp) as providers,
        HttpServer(app) as server,
        httpx.AsyncClient(base_url=server.url, headers=headers) as api,
        open_world(
            fermata_client,
            pool,
            smtp,
            policy=POLICY,
            journeys=journeys,
            carried_by=providers.enlisted(pool),
            tracked=TRACKED,
        ) as world,
    ):
        addresses = {name: ADDRESSES[name] for name in ("email", "sms")}
        ada = await world.enrol("every_channel", addresses=addresses, consent=CONSENT)
        await pool.execute(
            "INSERT INTO identities (kind, value, profile_id, first_seen_at) VALUES ('user_id', 'ada', $1, now())",
            ada.profile_id,
        )
        device, browser = providers.browsers.subscribe("hers")
        providers.fcm.dead.add("removed")
        for each in (Device("removed", Platform.IOS), device, Device("hers", Platform.ANDROID)):
            await add_device(pool, ada.profile_id, each, datetime.now(UTC))
        visit = {"userId": "ada", "event": "Came By", "timestamp": datetime.now(UTC).isoformat()}
        assert (await api.post("/v1/track", json=visit, auth=(keys["write"], ""))).status_code == 200
        run = await world.start(ada)
        await world.let_pass(run, timedelta(minutes=1))
        yield Everything(world, providers, ada, browser, run, api)


async def test_one_run_sends_on_every_channel_and_hears_all_that_becomes_of_it(everything: Everything) -> None:
    world, providers = everything.world, everything.providers
    assert await world.decisions() == [
        *[("send", "eligible", "email")] * 4,
        ("send", "eligible", "sms"),
        ("send", "eligible", "push"),
        ("send", "substituted", "inbox"),
        ("send", "eligible", "in_app"),
        ("send", "eligible", "badge"),
        ("send", "eligible", "ads"),
        ("send", "eligible", "hand_off"),
    ]
    carried = await world.pool.fetch("SELECT provider FROM reservations WHERE channel = 'email' ORDER BY reserved_at")
    assert [row["provider"] for row in carried] == ["mailer", "amazon", "relay", "relay"]
    (text,) = providers.twilio.texts
    assert text["From"] == "+447700900000"
    assert re.fullmatch(rf"Your cart waits: {PUBLIC}/s/[\w-]{{12}} - reply STOP to end", text["Body"])
    assert [notified["token"] for notified in providers.fcm.sent] == ["hers"]
    (pushed,) = everything.browser.got
    assert pushed["title"] == "Your cart"
    await world.tell_platforms()
    assert len(world.ads.of("1001")) == 2  # an e-mail address and a phone number
    (task,) = world.desk.tasks.values()
    assert task["data"]["title"] == "Call Ada"

    await _mail_comes_back(everything)
    await _texts_come_back(everything)
    await _pushes_cards_and_tasks_come_back(everything)
    assert await everything.run.query("heard") == [
        "Email Delivered email",
        "Email Opened email",
        "Email Link Clicked email",
        "Unsubscribed email",
        "Email Marked as Spam email",
        "Email Bounced soft",
        "Email Replied email",
        "Email Bounced hard",
        "SMS Delivered sms",
        "SMS Link Clicked sms",
        "SMS Received yes",
        "SMS Received help",
        "Unsubscribed stop",
        "SMS Received start",
        "SMS Bounced hard",
        "Push Notification Tapped push",
        "In-App Message Shown in_app",
        "In-App Message Clicked in_app",
        "In-App Message Clicked inbox",
        "In-App Message Dismissed in_app",
        "Support Ticket Solved",
    ]
    states = await world.pool.fetch("SELECT channel, state FROM reservations ORDER BY reserved_at")
    assert [tuple(row) for row in states] == [
        ("email", "complained"),
        ("email", "bounced"),
        ("email", "delivered"),
        ("email", "bounced"),
        ("sms", "bounced"),
        ("push", "delivered"),
        ("inbox", "delivered"),
        ("in_app", "delivered"),
        ("badge", "sent"),
        ("ads", "sent"),
        ("hand_off", "sent"),
    ]
    kept = await kept_devices(world.pool, everything.ada.profile_id)
    assert {each.device.token for each in kept if not each.live} == {"removed"}

    await world.tell(everything.run, everything.ada, "Order Completed")
    assert (await world.outcome(everything.run)).state == "converted"
    await world.tell_platforms()
    assert world.ads.of("1001") == set()


async def _mail_comes_back(everything: Everything) -> None:
    providers, now = everything.providers, datetime.now(UTC)
    (by_sendgrid,), (by_ses,), (replied, bounced) = (
        providers.sendgrid.mails,
        providers.ses.mails,
        providers.relay.messages,
    )
    html = by_sendgrid["content"][1]["value"]
    about = {"timestamp": int(now.timestamp()), "decision_id": by_sendgrid["custom_args"]["decision_id"]}

    def said(kind: str) -> Signed:
        return signing.sendgrid([{"event": kind, "sg_event_id": kind, **about}], now)

    await everything.tell(said("delivered"))
    await everything.tell(said("open"))
    await everything.follow(re.findall(r'href="([^"]+)"', html)[0])
    stop = by_sendgrid["headers"]["List-Unsubscribe"].strip("<>")
    await everything.post(httpx.URL(stop).path, data={"List-Unsubscribe": "One-Click"})
    await everything.tell(said("spamreport"))
    mail = {"messageId": by_ses.id, "tags": {name: [value] for name, value in by_ses.tags.items()}}
    await everything.tell(
        signing.sns({"eventType": "Bounce", "mail": mail, "bounce": {"bounceType": "Transient"}}, now)
    )
    await everything.come_back(answer(In_Reply_To=str(replied.message["Message-ID"])))
    sent_back: EmailMessage = bounced.message
    await everything.come_back(notification(failed("5.1.1"), sent_back=sent_back))


async def _texts_come_back(everything: Everything) -> None:
    (text,) = everything.providers.twilio.texts
    callback = text["StatusCallback"].removeprefix(PUBLIC)

    async def status(said: str, **more: str) -> None:
        await everything.tell(
            signing.twilio(PUBLIC, callback, {"MessageSid": text["sid"], "MessageStatus": said, **more})
        )

    await status("delivered")
    await everything.follow(re.findall(r"https://\S+", text["Body"])[0])
    await everything.text("SM1", "Yes!")
    assert "help@shop.example" in await everything.text("SM2", "HELP")
    await everything.text("SM3", "STOP")
    assert await everything.world.pool.fetchval("SELECT reason FROM suppressions WHERE channel = 'sms'") == "stop_reply"
    await everything.text("SM4", "START")
    await status("undelivered", ErrorCode="30005")


async def _pushes_cards_and_tasks_come_back(everything: Everything) -> None:
    await everything.follow(everything.providers.fcm.sent[0]["data"]["url"])
    listed = (await everything.api.get(f"/api/v1/inbox/{everything.ada.profile_id}")).json()["items"]
    cards = {item["kind"]: item["id"] for item in listed}
    for kind, done in (("in_app", "shown"), ("in_app", "clicked"), ("inbox", "clicked"), ("in_app", "dismissed")):
        await everything.post(f"/api/v1/inbox/{cards[kind]}/{done}")
    now, solved = datetime.now(UTC), json.dumps({"ticket": {"id": "T-1", "requester": "ada"}})
    headers = {
        "webhook-id": "msg_77",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("msg_77", now, solved),
    }
    await everything.post("/webhooks/desk", content=solved, headers=headers)
