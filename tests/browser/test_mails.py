"""Every mail that ships, as somebody sees it: on the narrowest phone and on a desk, by day and by night."""

from decimal import Decimal
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Request

from fermata.channels import EmailContent, Site, Templates
from fermata.channels.template_values import ProductsFound
from fermata.vocabulary import Channel
from tests.browser.contrast import LOW_CONTRAST
from workflows.discovery import discover

SITE = Site(name="Larkspur & Daughters", url="https://larkspur.example", address="12 Mill Lane, Bristol BS1 4QA")
TEMPLATES = Templates(discover(("workflows",)).template_roots, site=SITE)
MAILS = sorted(key for key, channel, _ in TEMPLATES.languages() if channel is Channel.EMAIL)
LONG = "Waterproof-all-weather-trail-running-shoe-with-reflectors 2000"
SHOE = {
    "product_id": "1",
    "name": LONG,
    "category": "Running",
    "brand": "Longsdale Outfitters",
    "price": Decimal("1299"),
}
EVENT = {**SHOE, "price": 1299.9, "currency": "EUR", "order_id": "A-1", "products": [{**SHOE, "price": 1299.9}]}
OTHERS: list[dict[str, Any]] = [
    {**SHOE, "product_id": str(n), "currency": "EUR", "url": None, "image_url": None} for n in (2, 3, 4)
]
FOUND = ProductsFound({each["product_id"]: each for each in OTHERS}, {"Running": OTHERS})
LINKS = {name: f"https://news.larkspur.example/{name}/{'a' * 300}" for name in ("unsubscribe_url", "confirm_url")}


class _Asked:
    """What a page loads."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    def note(self, request: Request) -> None:
        """Called by Playwright."""
        self.urls.append(request.url)


def mail(key: str) -> str:
    """A mail with names as long as real ones are."""
    context: dict[str, Any] = {"event": EVENT, "profile": {"first_name": "Wilhelmina-Charlotte"}, "message": LINKS}
    content = TEMPLATES.render(key, Channel.EMAIL, context, products=FOUND)
    assert isinstance(content, EmailContent)
    return content.html


@pytest.mark.parametrize("key", MAILS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_mail_never_scrolls_sideways_and_can_be_read(
    browser: Browser, key: str, scheme: Literal["light", "dark"]
) -> None:
    for width in (320, 900):
        page = await browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        try:
            asked = _Asked()
            page.on("request", asked.note)
            await page.set_content(mail(key))
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
            assert await page.evaluate(LOW_CONTRAST) == []
            assert asked.urls == []  # nothing is loaded from anywhere: nobody learns that the mail was opened
        finally:
            await page.close()


async def test_words_that_are_hard_to_read_are_found(browser: Browser) -> None:
    page = await browser.new_page()
    try:
        await page.set_content(
            '<div style="background:#777"><p style="color:#999">dim</p><p style="color:#fff">!</p></div>'
        )
        assert await page.evaluate(LOW_CONTRAST) == ["dim: 1.6", "!: 4.5"]
    finally:
        await page.close()
