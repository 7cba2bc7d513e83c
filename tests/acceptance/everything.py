"""A run that reaches somebody in every way there is, with all who have a part in that, each on loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from pydantic import SecretStr
from temporalio.client import Client, WorkflowHandle

from api.application import create_app
from cli.stack.http_server import HttpServer
from cli.stack.smtp_server import SmtpServer
from fermata.access import first_keys
from fermata.channels.devices import Device, Platform
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


@asynccontextmanager
async def open_everything(client: Client, pool: Pool, relay: SmtpServer) -> AsyncIterator[Everything]:
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
        every_provider(relay) as providers,
        HttpServer(app) as server,
        httpx.AsyncClient(base_url=server.url, headers=headers) as api,
        open_world(
            client,
            pool,
            relay,
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
