"""A link of a mail leads on, once it is known to be ours; the first click on it is on record, and journeys hear it."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

from api.application import create_app
from cli.stack.http_server import HttpServer
from cli.stack.postgres import Postgres
from fermata.channels.short_links import keep, shorten
from fermata.channels.tracked_links import TrackedLink, TrackedLinks
from fermata.database import Pool, open_pool
from fermata.database.migrate import migrate
from fermata.vocabulary import Channel
from tests.integration.feedback.sent import REGISTRY, sent, somebody, state, told
from tests.people import Enrolled

LINKS = TrackedLinks(SecretStr("s" * 32), "", "https://shop.example")
CART = "https://shop.example/cart?utm_source=mail&token=hush#top"


@pytest.fixture
async def browser(pool: Pool) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody's browser: without any key."""
    app = create_app(pool=pool, registry=REGISTRY, tracked_links=LINKS)
    async with HttpServer(app) as server, httpx.AsyncClient(base_url=server.url, follow_redirects=False) as client:
        yield client


@pytest.fixture
async def ada(pool: Pool) -> Enrolled:
    """Somebody with a mail."""
    return await somebody(pool)


def link(decision_id: UUID, url: str = CART) -> str:
    return LINKS.url(TrackedLink(decision_id, url))


async def test_a_click_leads_on_and_is_told_to_the_journey_once_without_what_stands_after_the_path(
    browser: httpx.AsyncClient, pool: Pool, ada: Enrolled
) -> None:
    decision = await sent(pool, ada)
    for _ in range(3):
        answer = await browser.get(link(decision))
        assert (answer.status_code, answer.headers["Location"]) == (302, CART)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "set-cookie" not in answer.headers
    await browser.get(link(decision, "https://shop.example/sale"))
    heard = await told(pool)
    assert [name for name, _ in heard] == ["Email Link Clicked", "Email Link Clicked"]
    assert [properties["link_url"] for _, properties in heard] == [
        "https://shop.example/cart",
        "https://shop.example/sale",
    ]
    assert heard[0][1]["message_key"] == "hello"
    assert await state(pool, decision) == "delivered"


async def test_a_look_ahead_leads_on_and_is_no_click(browser: httpx.AsyncClient, pool: Pool, ada: Enrolled) -> None:
    decision = await sent(pool, ada)
    answers = [
        await browser.head(link(decision)),
        await browser.get(link(decision), headers={"Sec-Purpose": "prefetch;prerender"}),
        await browser.get(link(decision), headers={"Purpose": "prefetch"}),
        await browser.get(link(decision), headers={"X-Purpose": "preview"}),
    ]
    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [(302, CART)] * 4
    assert await told(pool) == []


async def test_a_link_that_is_not_signed_by_us_or_was_changed_leads_nowhere(
    browser: httpx.AsyncClient, pool: Pool, ada: Enrolled
) -> None:
    decision = await sent(pool, ada)
    good = link(decision)
    stranger = TrackedLinks(SecretStr("x" * 32), "").url(TrackedLink(decision, "https://evil.example"))
    wrong = [
        good[:-1],
        f"{good}A",
        good.replace(".", "A.", 1),
        stranger,
        link(decision, "javascript:alert(1)"),
        link(decision, "//evil.example"),
        "/l/https:%2F%2Fevil.example",
        "/l/..%2F..%2Fetc",
        "/l/a?url=https://evil.example",
    ]
    for url in wrong:
        answer = await browser.get(url)
        assert answer.status_code == 404, url
        assert "Location" not in answer.headers
    assert (await browser.head(stranger)).status_code == 404
    assert await told(pool) == []


async def test_a_link_of_a_message_that_is_gone_still_leads_on(browser: httpx.AsyncClient, pool: Pool) -> None:
    answer = await browser.get(link(UUID(int=7)))
    assert (answer.status_code, answer.headers["Location"]) == (302, CART)
    assert await told(pool) == []


async def test_a_short_link_of_a_text_leads_on_and_its_click_is_told_once(
    browser: httpx.AsyncClient, pool: Pool, ada: Enrolled
) -> None:
    decision = await sent(pool, ada, channel=Channel.SMS)
    text, found = shorten(f"Your cart: {CART}", decision, LINKS, hosts=())
    for _ in range(2):  # a send that is tried again
        await keep(pool, LINKS, found)
    short = text.removeprefix("Your cart: ")
    assert (await browser.head(short)).headers["Location"] == CART
    assert await told(pool) == []
    for _ in range(2):
        answer = await browser.get(short)
        assert (answer.status_code, answer.headers["Location"]) == (302, CART)
    ((name, properties),) = await told(pool)
    assert (name, properties["link_url"]) == ("SMS Link Clicked", "https://shop.example/cart")


async def test_a_short_link_that_we_did_not_sign_leads_nowhere(
    browser: httpx.AsyncClient, pool: Pool, ada: Enrolled
) -> None:
    decision = await sent(pool, ada, channel=Channel.SMS)
    _, found = shorten(CART, decision, LINKS, hosts=())
    await keep(pool, LINKS, found)
    good = LINKS.short_url(found[0])
    # Whoever can write into the table alone cannot lead people elsewhere.
    await pool.execute("INSERT INTO short_links VALUES ('aaaaaaaaaaaa', $1, 'https://evil.example')", decision)
    for wrong in ("/s/aaaaaaaaaaaa", good[:-1], f"{good}a", good.swapcase(), "/s/..%2F..%2Fetc", "/s/%00%ff"):
        answer = await browser.get(wrong)
        assert answer.status_code == 404, wrong
        assert "Location" not in answer.headers
    await pool.execute("UPDATE short_links SET url = 'https://evil.example' WHERE token = $1", good[3:])
    assert (await browser.get(good)).status_code == 404


async def test_without_a_secret_links_cannot_be_read_and_the_page_says_so(pool: Pool) -> None:
    app = create_app(pool=pool, registry=REGISTRY)
    async with HttpServer(app) as server, httpx.AsyncClient(base_url=server.url) as client:
        assert (await client.get(link(UUID(int=7)))).status_code == 503


async def test_with_postgres_away_people_go_where_they_wanted_to_all_the_same() -> None:
    async with Postgres() as postgres:
        url = await postgres.create_database("clicks")
        await migrate(url)
        async with open_pool(url, most=2) as pool:
            app = create_app(pool=pool, registry=REGISTRY, tracked_links=LINKS)
            async with HttpServer(app) as server, httpx.AsyncClient(base_url=server.url, timeout=30) as client:
                await postgres.stop()
                answer = await client.get(link(UUID(int=7)))
    assert (answer.status_code, answer.headers["Location"]) == (302, CART)
