"""From a decision to a mail, from the mail's link to the run: all parts real, but for Temporal."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from pydantic import SecretStr
from temporalio.testing import ActivityEnvironment

from activities.sends import SendCommand, Sends
from api.application import create_app
from cli.stack.http_server import HttpServer
from cli.stack.smtp_server import SmtpServer
from fermata.channels import Carriers, Health, Site, SmtpProvider, Templates
from fermata.channels.roster import Enlisted, Roster
from fermata.channels.tracked_links import TrackedLinks
from fermata.clock import SystemClock
from fermata.database import Pool
from fermata.journeys import Message
from fermata.ledger import Policies, decide_and_reserve
from fermata.profiles.consent_links import ConsentLinks
from fermata.vocabulary import Channel
from tests.integration.feedback.sent import REGISTRY, somebody, told
from tests.people import Enrolled
from workflows.discovery import discover

SECRET = SecretStr("s" * 32)
NEWS = "https://news.shop.example"
SITE = Site(name="Shop", url="https://shop.example/cart")
TRACKED = TrackedLinks(SECRET, NEWS, SITE.url)


@pytest.fixture
async def sends(pool: Pool, smtp: SmtpServer) -> AsyncIterator[Sends]:
    """Sends by a real mail server, with the templates that ship."""
    roster = Roster([Enlisted(SmtpProvider(smtp.url, "Shop <hello@shop.example>"))])
    templates = Templates(discover(("workflows",)).template_roots, site=SITE)
    carriers = Carriers(roster, Health(pool, roster))
    yield Sends(pool, carriers, templates, SystemClock(), ConsentLinks(SECRET, NEWS), TRACKED)
    await roster.aclose()


async def mail_to(pool: Pool, sends: Sends, smtp: SmtpServer, person: Enrolled) -> str:
    """The HTML of a mail that went out."""
    now = datetime.now(UTC)
    message = Message(key="cart_reminder", channels=("email",), purpose="transactional")
    decision = await decide_and_reserve(pool, Policies(), person.attempt(message=message, asked_at=now), now)
    command = SendCommand(decision_id=decision.id, channel=Channel.EMAIL, asked_at=now)
    assert (await ActivityEnvironment().run(sends.send, command)).result == "sent"
    part = smtp.messages[-1].message.get_body(("html",))
    assert part is not None
    html: str = part.get_content()
    return html


def link_in(html: str, words: str) -> str:
    found = re.search(rf'<a href="([^"]*)"[^>]*>{words}</a>', html)
    assert found is not None
    return found.group(1)


async def test_a_click_in_a_mail_is_told_to_the_run_that_sent_it(pool: Pool, sends: Sends, smtp: SmtpServer) -> None:
    ada = await somebody(pool)
    link = link_in(await mail_to(pool, sends, smtp, ada), "Back to my cart")
    assert link.startswith(f"{NEWS}/l/")
    app = create_app(pool=pool, registry=REGISTRY, tracked_links=TRACKED)
    async with HttpServer(app) as server, httpx.AsyncClient(base_url=server.url) as browser:
        answer = await browser.get(link.removeprefix(NEWS))
    assert answer.headers["Location"] == "https://shop.example/cart"
    ((name, properties),) = await told(pool)
    assert (name, properties["message_key"], properties["link_url"]) == (
        "Email Link Clicked",
        "cart_reminder",
        "https://shop.example/cart",
    )


async def test_whoever_withdrew_consent_to_analytics_is_not_followed(
    pool: Pool, sends: Sends, smtp: SmtpServer
) -> None:
    ada = await somebody(pool)
    await pool.execute('UPDATE profiles SET consent = \'{"email": {"analytics": "revoked"}}\'::text::jsonb')
    html = await mail_to(pool, sends, smtp, ada)
    assert link_in(html, "Back to my cart") == "https://shop.example/cart"
