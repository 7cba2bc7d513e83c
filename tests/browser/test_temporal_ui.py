"""What someone on call sees in the Temporal UI, in a real browser: why a run is held, until when, and what ends it."""

import json
import os
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect
from temporalio.client import Client, WorkflowHandle
from temporalio.converter import PayloadCodec

from api.application import create_app
from cli.stack.http_server import HttpServer
from cli.stack.smtp_server import SmtpServer
from cli.stack.temporal_server import TemporalServer
from fermata.access import Scope, create_key
from fermata.database import Pool
from fermata.journeys import Registry
from fermata.policy import default_document
from fermata.privacy import EnvironmentKeys, ProfileKeys
from tests.acceptance.world import World, all_journeys, open_world
from tests.people import zone_where_it_is
from worker.plugin import fermata_plugin
from workflows.search_attributes import ALL


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[TemporalServer]:
    """A Temporal server with its UI: the session's has none."""
    async with TemporalServer(ui=True, search_attributes=ALL) as started:
        yield started


@pytest.fixture
async def world(server: TemporalServer, pool: Pool, smtp: SmtpServer) -> AsyncIterator[World]:
    client = await Client.connect(server.address, plugins=[fermata_plugin()])
    async with open_world(client, pool, smtp, policy=default_document(), journeys=all_journeys()) as opened:
        yield opened


async def _open(
    browser: Browser | BrowserContext, server: TemporalServer, run: WorkflowHandle[object, object], tab: str
) -> Page:
    page = await browser.new_page()
    await page.set_viewport_size({"width": 1500, "height": 1100})
    place = f"{quote(run.id, safe='')}/{run.first_execution_run_id}/{tab}"
    await page.goto(f"{server.ui_url}/namespaces/default/workflows/{place}")
    return page


async def test_a_held_run_says_why_and_until_when_on_the_timeline_and_in_its_details(
    browser: Browser, server: TemporalServer, world: World
) -> None:
    ada = await world.enrol(hour=2, addresses={"email": "ada@example.com"})
    run = await world.start(ada, pace=3600 * 10.0)
    held = f"09:00 {zone_where_it_is(2)}, email cart_reminder"
    timeline = await _open(browser, server, run, "timeline")
    await expect(timeline.get_by_text(held).first).to_be_visible(timeout=20_000)
    await expect(timeline.get_by_text("Wait 1 hour").first).to_be_visible()
    await expect(timeline.get_by_text("May cart_reminder go? In order: push, email").first).to_be_visible()
    details = await _open(browser, server, run, "user-metadata")
    summary, _, current = (details.frame_locator("iframe").nth(number) for number in range(3))
    await expect(summary.get_by_text("Cart recovery, profile")).to_be_visible(timeout=20_000)
    await expect(current.get_by_text(held).first).to_be_visible()
    await expect(current.get_by_text("outside_window")).to_be_visible()
    await expect(current.get_by_text("Goal: Order Completed.")).to_be_visible()
    attributes = await _open(browser, server, run, "search-attributes")
    await expect(attributes.get_by_text("FermataNextEligible").first).to_be_visible(timeout=20_000)
    # The page has the word in a menu too, which is closed.
    await expect(attributes.get_by_text("held").locator("visible=true").first).to_be_visible()
    assert "ada@example.com" not in await details.content()
    for page in (timeline, details, attributes):
        await page.close()


async def test_an_encrypted_run_is_opened_by_the_api_for_whoever_is_logged_in_at_the_console(
    browser: Browser, server: TemporalServer, pool: Pool, smtp: SmtpServer
) -> None:
    keys = ProfileKeys(pool, EnvironmentKeys({"test": os.urandom(32)}))
    client = await Client.connect(server.address, plugins=[fermata_plugin(keys=keys)])

    async def find_codec() -> PayloadCodec | None:
        return client.data_converter.payload_codec

    async with pool.acquire() as connection:
        key = await create_key(connection, "on call", (Scope.READ, Scope.OPERATE))
    app = create_app(pool=pool, registry=Registry({}), find_codec=find_codec, temporal_ui=server.ui_url)
    async with (
        open_world(client, pool, smtp, policy=default_document(), journeys=all_journeys()) as world,
        HttpServer(app) as api,
    ):
        run = await world.start(await world.enrol("cart_recovery"))
        context = await _that_asks(browser, f"{api.url}/codec")
        closed = await _open(context, server, run, "timeline")
        await expect(closed.locator("#content").get_by_text("Codec Server could not connect")).to_be_visible(
            timeout=20_000
        )
        assert "Product Added" not in await closed.content()
        console = await context.new_page()
        await console.goto(f"{api.url}/console/login")
        await console.get_by_role("textbox").fill(key)
        await console.get_by_role("button", name="Log in").click()
        await expect(console).to_have_url(f"{api.url}/console")
        opened = await _open(context, server, run, "timeline")
        await expect(opened.get_by_text("Wait 1 hour").first).to_be_visible(timeout=20_000)
        await expect(opened.get_by_text("Product Added").first).to_be_visible()
        await context.close()


async def _that_asks(browser: Browser, codec: str) -> BrowserContext:
    """A browser in which the dialog of Temporal's UI was filled in: who opens payloads, with the cookie."""
    context = await browser.new_context()
    kept = {"endpoint": codec, "includeCredentials": True, "overrideRemoteCodecConfiguration": True}
    for name, value in kept.items():
        await context.add_init_script(f"localStorage.setItem({json.dumps(name)}, {json.dumps(json.dumps(value))})")
    return context
