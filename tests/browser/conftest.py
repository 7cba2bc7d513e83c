"""A real Chromium, where there is one; where there is none, the run's last lines name what was left out."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from cli.stack.postgres import Postgres
from fermata.database import open_pool
from tests.browser.console_world import ConsoleWorld, open_console

_NAMES = ("chromium", "chromium-browser", "google-chrome")
# As root Chromium needs the first; the others keep it from calling home.
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def chromium() -> Path | None:
    """Where Chromium is, or None."""
    return next((Path(found) for name in _NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A headless browser for the session."""
    program = chromium()
    if program is None:
        pytest.skip("no Chromium here: what a person sees in the browser was not tested; install Debian's chromium")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield launched
        await launched.close()


@pytest.fixture(scope="session")
async def console(postgres: Postgres, template_database: str, temporal_address: str) -> AsyncIterator[ConsoleWorld]:
    """The console's world, one for all of its tests: what some of them do there, others see."""
    url = await postgres.create_database("the_console", template=template_database)
    async with open_pool(url) as pool, open_console(pool, url, temporal_address) as opened:
        yield opened
    await postgres.drop_database("the_console")
