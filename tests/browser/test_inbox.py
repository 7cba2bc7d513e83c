"""The snippet of docs/in-app.md in a real browser, on a page of another origin than the API's."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from playwright.async_api import Browser, Page, expect
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from api.application import create_app
from cli.stack.http_server import HttpServer
from cli.stack.waiting import until
from fermata.access import first_keys
from fermata.channels import CardContent, CardProvider
from fermata.channels.inbox_notices import InboxNotices
from fermata.channels.inbox_session import InboxSessions
from fermata.database import Pool, new_id
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import Registry
from fermata.vocabulary import Channel
from tests.integration.channels.envelopes import an_envelope

PAGE = """<!doctype html><meta charset="utf-8"><title>Shop</title>
<output id="badge"></output><ul id="cards"></ul><script>
%s
function show(cards, unread) {
  document.getElementById("badge").textContent = unread;
  document.getElementById("cards").replaceChildren(...cards.map((card) => {
    const item = document.createElement("li");
    item.textContent = card.title;
    item.onclick = () => inbox.say(card, "clicked");
    item.oncontextmenu = (event) => { event.preventDefault(); inbox.say(card, "dismissed"); };
    return item;
  }));
}
let inbox;
fermataInbox({url: "%s", session: async () => (await fetch("/session")).json(), onChange: show})
  .then((made) => { inbox = made; });
</script>"""


def snippet() -> str:
    """What people are told to paste."""
    text = (Path(__file__).parents[2] / "docs" / "in-app.md").read_text("utf-8")
    (found,) = re.findall(r"```js\n(.*?)```", text, re.DOTALL)
    return str(found)


@pytest.fixture
async def ada(pool: Pool) -> UUID:
    """A person with a name."""
    now = datetime.now(UTC)
    await Ingest(pool, Registry({})).accept([parse({"type": "identify", "userId": "ada"}, received_at=now)], (), now)
    found: UUID = await pool.fetchval("SELECT id FROM profiles")
    return found


@pytest.fixture
def notices(pool: Pool) -> InboxNotices:
    return InboxNotices(pool)


@pytest.fixture
async def page(browser: Browser, pool: Pool, ada: UUID, notices: InboxNotices) -> AsyncIterator[Page]:
    """A page of the shop's, whose server lets its visitor into their inbox."""
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
    sessions = InboxSessions(SecretStr("a secret of the tests' own, long enough"))
    app = create_app(pool=pool, registry=Registry({}), inbox_sessions=sessions, inbox_notices=notices)
    async with HttpServer(app) as api:
        headers = {"Authorization": f"Bearer {keys['admin']}"}

        async def session(request: Request) -> Response:
            del request
            async with httpx.AsyncClient(base_url=api.url, headers=headers) as client:
                return JSONResponse((await client.post(f"/api/v1/inbox/{ada}/session")).json())

        async def home(request: Request) -> Response:
            del request
            return HTMLResponse(PAGE % (snippet(), api.url))

        async with HttpServer(Starlette(routes=[Route("/", home), Route("/session", session)])) as shop:
            opened = await browser.new_page()
            await opened.goto(shop.url)
            yield opened
            await opened.close()
            await until(lambda: notices.open == 0, limit=timedelta(seconds=5))


async def put(pool: Pool, profile_id: UUID, title: str) -> UUID:
    card = new_id()
    content = CardContent(title, "body", "https://shop.example/cart")
    envelope = an_envelope(
        Channel.IN_APP, profile_id=profile_id, decision_id=card, sent_at=datetime.now(UTC), content=content
    )
    await CardProvider(Channel.IN_APP, pool).send(envelope)
    return card


async def test_a_page_shows_cards_as_they_come_and_tells_what_is_done_with_them(
    page: Page, pool: Pool, ada: UUID
) -> None:
    await expect(page.locator("#badge")).to_have_text("0")
    await put(pool, ada, "Your cart is <b>waiting</b>")
    second = await put(pool, ada, "Free shipping")
    await expect(page.locator("#cards li")).to_have_text(["Free shipping", "Your cart is <b>waiting</b>"])
    await expect(page.locator("#badge")).to_have_text("2")
    await page.locator("#cards li").first.click()
    await expect(page.locator("#badge")).to_have_text("1")
    await page.locator("#cards li").first.click(button="right")
    await expect(page.locator("#cards li")).to_have_text(["Your cart is <b>waiting</b>"])
    row = await pool.fetchrow("SELECT clicked_at, dismissed_at FROM inbox_items WHERE id = $1", second)
    assert row is not None
    assert row["clicked_at"] < row["dismissed_at"]
    told = await pool.fetch("SELECT name FROM events WHERE name LIKE 'In-App%' ORDER BY occurred_at")
    assert [event["name"] for event in told] == ["In-App Message Clicked", "In-App Message Dismissed"]


async def test_a_page_whose_session_is_over_asks_for_another_and_has_missed_nothing(
    page: Page, pool: Pool, ada: UUID, notices: InboxNotices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.inbox.LIFETIME", timedelta(seconds=2))
    await page.reload()
    await put(pool, ada, "first")
    await expect(page.locator("#cards li")).to_have_text(["first"])
    assert await until(lambda: notices.open == 0, limit=timedelta(seconds=10))
    monkeypatch.undo()
    await put(pool, ada, "second")
    await expect(page.locator("#cards li")).to_have_text(["second", "first"], timeout=20_000)
    assert notices.open == 1
