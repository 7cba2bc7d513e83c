"""The words of every message that ships: written on each channel, whatever is known, and safe whatever is sent."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import workflows
from fermata.channels import EmailContent, Site, SmsContent, Templates
from fermata.channels.template_values import ProductsFound
from fermata.vocabulary import Channel

SITE = Site("Larkspur", "https://larkspur.example", "12 Mill Lane, Bristol")
TEMPLATES = Templates([Path(workflows.__file__).parent / "templates"], site=SITE)
WRITTEN = sorted((key, channel) for key, channel, _ in TEMPLATES.languages())
OURS = {
    "unsubscribe_url": "https://larkspur.example/unsubscribe/t0ken",
    "confirm_url": "https://larkspur.example/confirm/t0ken",
}
HOSTILE = "<script>alert(1)</script>\r\nBcc: eve@example.com {{ site.url }} " + "long " * 400
_PRODUCT = {"product_id": "p2", "name": HOSTILE, "category": "Shoes", "price": 19.5, "currency": "EUR"}
EVERYTHING = (
    *("name", "brand", "category", "currency", "rating", "review_count", "review", "subject", "plan_name", "feature"),
    *("first_name", "firstName", "company", "agent_name", "title", "body", "button", "code"),
)


@pytest.mark.parametrize(("key", "channel"), WRITTEN)
def test_it_is_written_of_somebody_of_whom_nothing_is_known(key: str, channel: Channel) -> None:
    content = TEMPLATES.render(key, channel, {"message": OURS})
    for gap in (" ,", ", ?", ", !", "  .", "None", "nil", "your .", "the ."):
        assert gap not in str(getattr(content, "text", "")) + str(getattr(content, "subject", ""))


@pytest.mark.parametrize(("key", "channel"), WRITTEN)
def test_nothing_that_is_sent_leads_away_adds_markup_or_has_no_end(key: str, channel: Channel) -> None:
    sent: dict[str, Any] = dict.fromkeys(EVERYTHING, HOSTILE) | {
        "url": "https://evil.example/",
        "products": [_PRODUCT],
    }
    found = ProductsFound({}, {"Shoes": [{**_PRODUCT, "product_id": "p3", "url": "https://evil.example/"}]})
    content = TEMPLATES.render(key, channel, {"profile": sent, "event": sent, "message": OURS}, products=found)
    assert "evil.example" not in str(content)
    if isinstance(content, EmailContent):
        assert "<script" not in content.html
        assert "\n" not in content.subject
        assert len(content.subject) < 150
        assert len(content.html) < 25_000
    if isinstance(content, SmsContent):
        assert len(content.text) < 400


@pytest.mark.parametrize("key", sorted({key for key, channel in WRITTEN if channel is Channel.EMAIL}))
def test_the_mail_is_whole_says_why_it_comes_and_shows_the_way_out(key: str) -> None:
    email = TEMPLATES.render(key, Channel.EMAIL, {"message": OURS})
    assert isinstance(email, EmailContent)
    page = _Page()
    page.feed(email.html)
    assert page.open == []
    for words in (email.html, email.text):
        assert "You are getting this" in words
        assert OURS["unsubscribe_url"] in words


class _Page(HTMLParser):
    """The tags of a mail that are still open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br", "img", "hr", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
