"""``fermata report``: one file that says all of it, asks nobody else for anything, and that everybody can read."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
import typer
from playwright.async_api import Browser

from cli.report import command
from cli.report.asking import ReportAsked
from cli.report.contents import read_contents
from cli.report.page import to_page
from cli.report.span import read_span
from fermata.database import Pool
from fermata.errors import ConfigurationError, NotFound
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import NOBODY, JourneyDefinition, Registry, Trigger
from tests.browser.accessibility import hard_to_touch, stumbles
from tests.browser.shop import trade
from workflows.discovery import discover

NOW = datetime(2026, 3, 20, 15, 30, tzinfo=UTC)
DEPLOYMENT = "https://fermata.example"
SHOWN = ("browse_abandonment", "cart_recovery", "next_best_action")


def fermata(database_url: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "FERMATA_DATABASE_URL": database_url, "FERMATA_PUBLIC_URL": DEPLOYMENT}
    command = [sys.executable, "-m", "cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


class Asked(HTMLParser):
    """Collects what a page would load, and where its links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "link", "iframe", "object", "embed", "img", "base"):
            self.loads.append(tag)
        for name, value in attrs:
            if name in ("src", "srcset", "data", "background", "poster", "xlink:href"):
                self.loads.append(f"{tag} {name}={value}")
            if name == "href":
                self.links.append(value or "")


async def test_a_report_says_what_is_planted_and_loads_nothing(
    pool: Pool, database_url: str, browser: Browser, tmp_path: Path
) -> None:
    await trade(pool)
    out = tmp_path / "report.html"
    chosen = [word for name in SHOWN for word in ("--journey", name)]
    written = fermata(database_url, "report", "--out", str(out), "--json", *chosen)
    assert (written.returncode, written.stderr) == (0, "")
    text = out.read_text()
    assert json.loads(written.stdout)["bytes"] == len(text.encode())
    assert os.listdir(tmp_path) == [out.name]  # noqa: PTH208 - a line that no other task waits for

    asked = Asked(text)
    assert asked.loads == []
    assert [each for each in asked.links if not each.startswith(("#", f"{DEPLOYMENT}/console/"))] == []
    assert "url(http" not in text
    assert "@import" not in text

    page = await browser.new_page(color_scheme="dark", viewport={"width": 1280, "height": 900}, offline=True)
    try:
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        await page.goto(out.as_uri())
        assert await stumbles(page) == []
        said = await page.inner_text(".findings")
        assert "The sides of browse abandonment are not what was meant" in said
        assert "Cart recovery brings +" in said
        assert "After Product Viewed → Size Guide Viewed" in said
        assert "compare guide" in (await page.inner_text("section:has(#actions)"))
        assert await page.locator("article:has(svg.map) h4:has-text('What it brings')").count() == len(SHOWN)
        assert "1,219 started" in (await page.text_content("article:has-text('Cart recovery') svg.map") or "")
        await page.set_viewport_size({"width": 390, "height": 850})
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
        assert await hard_to_touch(page) == []
        await page.emulate_media(media="print")
        await page.set_viewport_size({"width": 695, "height": 900})  # of a sheet of A4 within its margins
        assert await page.evaluate("document.documentElement.scrollWidth") <= 695
        assert requests == [out.as_uri()]
    finally:
        await page.close()


async def test_an_empty_database_and_one_event_are_told_in_words(pool: Pool) -> None:
    journeys, told = discover(("workflows.cart_recovery", "workflows.next_best_action")), list[str]()
    now = datetime.now(UTC)
    asked = ReportAsked(read_span("P90D", None, now), (), "Order Completed", timedelta(days=14))
    empty = to_page(await read_contents(pool, asked, journeys, NOBODY, told.append), console=None)
    assert told == [
        "what was decided", "cart_recovery", "next_best_action", "all journeys together", "paths", "attribution",
        "next best actions", "key figures",
    ]  # fmt: skip
    for words in ("Nothing was decided", "Nothing waits.", "No run began in that time", "the global holdout is 0"):
        assert words in empty
    assert "It holds nobody out (its holdout is 0)" in empty  # next_best_action holds out of its actions instead
    assert "Nobody was reached, so there is nothing to compare with" in empty

    registry = Registry({"cart_recovery": JourneyDefinition(trigger=Trigger("Product Added"), goal="Order Completed")})
    event = {"type": "track", "event": "Product Added", "userId": "ada", "messageId": "1", "timestamp": now.isoformat()}
    await Ingest(pool, registry).accept([parse(event, received_at=now)], (), now)
    asked = ReportAsked(read_span("P90D", None, datetime.now(UTC)), (), "Order Completed", timedelta(days=14))
    page = to_page(await read_contents(pool, asked, journeys, NOBODY, told.append), console=None)
    assert "1 run began." in page
    assert "lifetime value needs 50" in page


def test_what_cannot_be_asked_is_said_before_anything_is_read(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    with pytest.raises(typer.BadParameter, match="the wrong way round"):
        command.report(first="2026-03-31", last="2026-03-01", out=out)
    with pytest.raises(typer.BadParameter, match="more than nothing"):
        command.report(within="P0D", out=out)
    with pytest.raises(NotFound, match="no journey is named 'nowhere'; there are:"):
        command.report(journey=["nowhere"], out=out)
    with pytest.raises(ConfigurationError, match="cannot be written"):
        command.report(out=tmp_path)
    assert not out.exists()


@pytest.mark.parametrize(
    ("first", "last", "words", "hours"),
    [
        ("2026-03-01", "2026-03-10", "1 Mar to 10 Mar 2026", 240),
        ("2025-12-31", None, "31 Dec 2025 to 20 Mar 2026", 79 * 24 + 15.5),
        ("2026-03-19T12:00:00Z", "2026-03-19T13:00:00Z", "19 Mar 2026, 12:00 UTC to 19 Mar 2026, 13:00 UTC", 1),
        ("2026-03-20", "2030-01-01", "20 Mar 2026", 15.5),
        (None, None, "20 Dec 2025 to 20 Mar 2026", 90 * 24 + 15.5),
    ],
)
def test_a_time_is_days_instants_or_so_long_before_now(
    first: str | None, last: str | None, words: str, hours: float
) -> None:
    span = read_span(first, last, NOW)
    assert span.words == words
    assert span.until - span.since == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-03-10", "2026-03-01", "wrong way round"),
        ("2026-03-21", None, "yet to come"),
        ("last week", None, "neither a duration"),
        ("2026-03-01", "9999-12-31", "after all time"),
        ("P9999999999D", None, "before all time"),
    ],
)
def test_a_time_that_is_none_says_what_to_write(first: str, last: str | None, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_span(first, last, NOW)


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def stop(work: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(command, "on_database", stop)
        yield


@pytest.mark.usefixtures("interrupted")
def test_ctrl_c_leaves_the_report_of_yesterday(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    out.write_text("yesterday")
    with pytest.raises(KeyboardInterrupt):
        command.report(out=out)
    assert out.read_text() == "yesterday"
    assert list(tmp_path.iterdir()) == [out]
