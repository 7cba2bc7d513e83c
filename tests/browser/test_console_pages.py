"""Every page of the console in a real browser, by day, by night and on a phone: everybody can read it."""

from typing import Literal

import pytest
from playwright.async_api import Browser, expect

from tests.browser.accessibility import hard_to_touch, stumbles
from tests.browser.console_visits import Watch, logged_in
from tests.browser.console_world import ConsoleWorld


def places(console: ConsoleWorld) -> tuple[str, ...]:
    """Every page, with something to see."""
    ada = console.ada
    return (
        "",
        "/decisions?channel=email",
        f"/decisions/{ada.waiting.id}",
        "/people",
        f"/people/{ada.id}",
        "/journeys",
        f"/journeys/{ada.person.journey}",
        "/runs",
        f"/runs/{console.run.id}",
        "/analytics",
        "/policy",
        "/operations",
        "/requests",
        f"/requests/people/{ada.id}",
        "/nowhere",
    )


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
async def test_every_page_can_be_read_by_everybody_and_asks_nobody_else(
    browser: Browser, console: ConsoleWorld, scheme: Literal["light", "dark"], width: int
) -> None:
    size = {"width": width, "height": 850}
    async with logged_in(browser, console, console.admin_key, viewport=size, color_scheme=scheme) as page:
        watch = Watch(page)
        for place in places(console):
            answer = await page.goto(f"{console.url}/console{place}")
            assert answer is not None
            assert answer.status == (404 if place == "/nowhere" else 200), place
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, place
            assert await (hard_to_touch if width < 800 else stumbles)(page) == [], place
        assert watch.hosts == {"127.0.0.1"}
        assert [each for each in watch.complaints if "404" not in each] == []


async def test_what_is_worked_out_can_be_read_by_everybody(browser: Browser, console: ConsoleWorld) -> None:
    async with logged_in(browser, console, console.read_key, color_scheme="dark") as page:
        watch = Watch(page)
        for tab, words in (
            ("lift", "however often looked at"),
            ("paths", "Product Viewed"),
        ):
            await page.goto(f"{console.url}/console/analytics?tab={tab}")
            await page.get_by_role("button", name="Ask").click()
            await expect(page.locator("table").first).to_contain_text(words)
            assert await stumbles(page) == [], tab
        assert watch.hosts == {"127.0.0.1"}
        assert watch.complaints == []


async def test_the_way_in_can_be_read_and_says_when_a_key_is_wrong(browser: Browser, console: ConsoleWorld) -> None:
    page = await browser.new_page(color_scheme="dark")
    try:
        await page.goto(f"{console.url}/console/runs")
        await expect(page.get_by_label("Key")).to_be_focused()
        await page.keyboard.type("fk_admin_wrong")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("not known here")
        assert await stumbles(page) == []
        await page.get_by_label("Key").fill(console.read_key)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Runs")
        await page.get_by_role("button", name="Log out").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
        await page.goto(f"{console.url}/console/runs")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    finally:
        await page.close()


async def test_a_keyboard_alone_finds_the_content_and_a_held_message_says_why(
    browser: Browser, console: ConsoleWorld
) -> None:
    async with logged_in(browser, console, console.read_key, timezone_id="Asia/Tokyo") as page:
        await page.keyboard.press("Tab")
        await expect(page.get_by_text("Skip to the content")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("main")).to_be_focused()
        reason = page.get_by_role("link", name="the channel's cap is full")
        for _ in range(20):
            await page.keyboard.press("Tab")
            if await reason.evaluate("element => element === document.activeElement"):
                break
        await page.keyboard.press("Enter")
        await page.get_by_role("link", name="hello").first.click()
        await expect(page.get_by_text("hello by email is held until")).to_be_visible()
        await expect(page.get_by_text("2 of 2 used")).to_be_visible()
        shown = await page.locator("dd time").first.inner_text()
        assert shown.endswith("UTC")
        assert shown.split(", ")[1][:2] != shown.split()[-2][:2]  # nine hours lie between Tokyo and UTC
