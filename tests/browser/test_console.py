"""The console in a real browser: every page by day, by night and on a phone, and what operators do there."""

from collections.abc import AsyncIterator
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Request, expect

from fermata.database import Pool
from tests.browser.accessibility import stumbles
from tests.browser.console_world import ConsoleWorld, open_console


@pytest.fixture
async def world(pool: Pool, database_url: str) -> AsyncIterator[ConsoleWorld]:
    async with open_console(pool, database_url) as opened:
        yield opened


class _Watch:
    """What a page loads, and what its browser complains of: a policy broken, a script that fails."""

    def __init__(self, page: Page) -> None:
        self.hosts: set[str | None] = set()
        self.complaints: list[str] = []
        page.on("request", self._asked)
        page.on("console", self._said)

    def _asked(self, request: Request) -> None:
        self.hosts.add(urlsplit(request.url).hostname)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


async def log_in(page: Page, world: ConsoleWorld, key: str) -> None:
    await page.goto(f"{world.url}/console")
    await page.get_by_label("Key").fill(key)
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def places(world: ConsoleWorld) -> tuple[str, ...]:
    """Every page, with something to see."""
    ada = world.ada
    return (
        "",
        "/decisions",
        "/decisions?channel=email",
        f"/decisions/{ada.waiting.id}",
        "/people",
        f"/people/{ada.id}",
        "/journeys",
        f"/journeys/{ada.person.journey}",
        "/runs",
        f"/runs/{ada.person.run_id}",
        "/analytics",
        "/policy",
        "/operations",
        "/nowhere",
    )


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
async def test_every_page_can_be_read_by_everybody_and_asks_nobody_else(
    browser: Browser, world: ConsoleWorld, scheme: Literal["light", "dark"], width: int
) -> None:
    page = await browser.new_page(viewport={"width": width, "height": 850}, color_scheme=scheme)
    try:
        watch = _Watch(page)
        await page.goto(f"{world.url}/console")
        assert await stumbles(page) == []
        await log_in(page, world, world.admin_key)
        for place in places(world):
            answer = await page.goto(f"{world.url}/console{place}")
            assert answer is not None
            assert answer.status == (404 if place == "/nowhere" else 200), place
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, place
            assert await stumbles(page) == [], place
        assert watch.hosts == {"127.0.0.1"}
        assert [each for each in watch.complaints if "404" not in each] == []
    finally:
        await page.close()


async def test_a_keyboard_alone_finds_the_content_and_a_held_message_says_why(
    browser: Browser, world: ConsoleWorld
) -> None:
    page = await browser.new_page(timezone_id="Asia/Tokyo")
    try:
        await log_in(page, world, world.read_key)
        await page.keyboard.press("Tab")
        await expect(page.get_by_text("Skip to the content")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("main")).to_be_focused()
        await page.get_by_role("link", name="the channel's cap is full").click()
        await page.get_by_role("link", name="hello").first.click()
        await expect(page.get_by_text("hello by email is held until")).to_be_visible()
        await expect(page.get_by_text("2 of 2 used")).to_be_visible()
        shown = await page.locator("dd time").first.inner_text()
        assert shown.endswith("UTC")
        assert shown.split(", ")[1][:2] != shown.split()[-2][:2]  # nine hours lie between Tokyo and UTC
    finally:
        await page.close()


async def test_an_operator_holds_a_provider_mends_an_event_and_tries_a_policy_before_it_holds(
    browser: Browser, world: ConsoleWorld, pool: Pool
) -> None:
    page = await browser.new_page()
    try:
        await log_in(page, world, world.admin_key)
        await page.get_by_role("link", name="Operations").click()
        await page.get_by_role("button", name="Hold smtp").click()
        await expect(page.get_by_role("status")).to_contain_text("held")
        assert await pool.fetchval("SELECT held_by FROM provider_health") == "admin"
        await page.get_by_text("Mend and send again").click()
        payload = page.get_by_label("Payload")
        await payload.fill((await payload.input_value()).replace("7", '"Product Viewed"', 1))
        await page.get_by_role("button", name="Send again").click()
        await expect(page.get_by_role("status")).to_contain_text("accepted")
        await page.get_by_role("link", name="Policy").click()
        document = page.get_by_label("The document")
        text = await document.input_value()
        await document.fill("version = 7")
        await page.get_by_role("button", name="Try it").click()
        await expect(page.get_by_role("alert")).to_contain_text("cannot be used")
        await page.get_by_label("The document").fill(f"{text}\n# a remark of the operator's\n")
        await page.get_by_label("Why it changes").fill("A remark")
        await page.get_by_role("button", name="Try it").click()
        await expect(page.get_by_text("decisions of the last 7 days")).to_be_visible()
    finally:
        await page.close()
