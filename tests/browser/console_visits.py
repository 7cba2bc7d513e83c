"""Visits to the console: somebody logs in, and what their browser asks for and complains of is written down."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, ConsoleMessage, Page, Request, expect

from tests.browser.console_world import ConsoleWorld


class Watch:
    """What a page loads, and what its browser complains of: a policy broken, a script that fails.

    Args:
        page: Watched from now on.
    """

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


@asynccontextmanager
async def logged_in(browser: Browser, console: ConsoleWorld, key: str, **context: Any) -> AsyncIterator[Page]:
    """A page of somebody who is logged in.

    Args:
        browser: Where.
        console: Of what.
        key: Theirs.
        context: How the browser is: its width, its scheme, its zone.
    """
    page = await browser.new_page(**context)
    try:
        await page.goto(f"{console.url}/console")
        await page.get_by_label("Key").fill(key)
        await page.get_by_role("button", name="Log in").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
        yield page
    finally:
        await page.close()
