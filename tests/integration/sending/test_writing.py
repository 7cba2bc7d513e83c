"""An order becomes an envelope: in the person's language, with products of the catalogue, and with links that tell."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from activities.writing import Writer
from fermata.catalogue import Product, put
from fermata.channels import EmailContent, Envelope, Site, SmsContent, Templates
from fermata.channels.short_links import read
from fermata.channels.tracked_links import TrackedLinks
from fermata.database import Pool
from fermata.ledger import Order
from fermata.profiles.consent_links import ConsentLinks
from fermata.vocabulary import Channel, Purpose
from tests.integration.feedback.sent import decided, somebody

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SECRET = SecretStr("s" * 32)
SITE = Site(name="Shop", url="https://shop.example")
TRACKED = TrackedLinks(SECRET, "https://news.shop.example", SITE.url)
DECISION = UUID("01890000-0000-7000-8000-0000000dec10")

FILES = {
    "email.subject.liquid": "More {{ event.category }}",
    "email.subject.fr.liquid": "Encore",
    "email.html.liquid": """
        {%- for product in products.bundle %}
        <a href="{{ product.url | link }}">{{ product.name }} {{ product.price | money: product.currency }}</a>
        {%- endfor %}
        <a href="{{ event.url }}">a stranger's</a>
        <a href="https://instagram.com/shop">the authors'</a>
        <a href="{{ message.unsubscribe_url }}">stop</a>""",
    "email.html.fr.liquid": "<p>Bonjour</p>",
    "message.toml": """
        [products]
        bundle = { category = "event.category", without = "event.product_id", most = 2 }
        """,
}


@pytest.fixture
def templates(tmp_path: Path) -> Templates:
    folder = tmp_path / "more"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Templates([tmp_path], site=SITE)


def an_order(**changes: Any) -> Order:
    usual: dict[str, Any] = {
        "decision_id": DECISION,
        "dedupe_key": "key",
        "profile_id": UUID(int=1),
        "run_id": UUID(int=2),
        "event_id": UUID(int=3),
        "journey": "browse",
        "message": "more",
        "channel": Channel.EMAIL,
        "address": "ada@example.com",
        "begun_before": False,
        "provider": None,
        "traits": {},
        "locale": None,
        "event_name": "Product Viewed",
        "event_properties": {"category": "Shoes", "product_id": "1", "url": "https://evil.example/"},
        "event_occurred_at": NOW,
        "purpose": Purpose.MARKETING,
        "topic": None,
    }
    return Order(**{**usual, **changes})


async def write(pool: Pool, templates: Templates, **changes: Any) -> tuple[Envelope, EmailContent]:
    writer = Writer(pool, templates, ConsentLinks(SECRET, "https://news.shop.example"), TRACKED)
    envelope = await writer.write(an_order(**changes), NOW, None)
    assert isinstance(envelope.content, EmailContent)
    return envelope, envelope.content


def leads(html: str) -> dict[str, str]:
    """Where each link leads, by its words."""
    return {words: url for url, words in re.findall(r'<a href="([^"]*)">([^<]*)</a>', html)}


async def test_products_are_shown_and_only_the_authors_links_lead_through_here(
    pool: Pool, templates: Templates
) -> None:
    shoes = [
        Product(str(n), None, f"Shoe {n}", "Shoes", None, Decimal(n * 10), "EUR", f"https://shop.example/{n}")
        for n in (1, 2, 3, 4)
    ]
    await put(pool, shoes, NOW)
    envelope, content = await write(pool, templates)
    links = leads(content.html)
    ours = "https://news.shop.example/l/"
    assert [words for words in links if words.startswith("Shoe")] == ["Shoe 4 €40.00", "Shoe 3 €30.00"]
    assert TRACKED.read(links["Shoe 4 €40.00"].removeprefix(ours)).url == "https://shop.example/4"
    assert TRACKED.read(links["Shoe 4 €40.00"].removeprefix(ours)).decision_id == DECISION
    assert TRACKED.read(links["the authors'"].removeprefix(ours)).url == "https://instagram.com/shop"
    assert links["a stranger's"] == "https://evil.example/"
    assert links["stop"] == envelope.unsubscribe_url
    # Whoever reads the text sees where links lead.
    assert ours not in content.text
    assert "Shoe 4 €40.00: https://shop.example/4" in content.text


async def test_a_message_may_leave_its_links_alone(pool: Pool, templates: Templates, tmp_path: Path) -> None:
    (tmp_path / "more" / "message.toml").write_text(
        f"track_links = false\n{FILES['message.toml'].replace(' ' * 8, '')}", encoding="utf-8"
    )
    _, content = await write(pool, Templates([tmp_path], site=SITE))
    assert leads(content.html)["the authors'"] == "https://instagram.com/shop"


async def test_links_of_a_text_and_of_a_push_are_followed_where_the_message_asks_for_it(
    pool: Pool, tmp_path: Path
) -> None:
    person = await somebody(pool)
    folder = tmp_path / "more"
    folder.mkdir()
    cart = "https://shop.example/cart"
    for part in ("sms.text", "push.url"):
        (folder / f"{part}.liquid").write_text(f"{cart}\n", encoding="utf-8")
    for part in ("push.title", "push.body"):
        (folder / f"{part}.liquid").write_text("Your cart\n", encoding="utf-8")
    links = ConsentLinks(SECRET, "https://news.shop.example")
    said: dict[bool, dict[Channel, str | None]] = {}
    for asked in (False, True):
        (folder / "message.toml").write_text("track_links = ['sms', 'push']" if asked else "", encoding="utf-8")
        writer = Writer(pool, Templates([tmp_path], site=SITE), links, TRACKED)
        said[asked] = {}
        for channel in (Channel.SMS, Channel.PUSH):
            order = an_order(channel=channel, decision_id=await decided(pool, person, f"{asked}", channel))
            content = (await writer.write(order, NOW, None)).content
            said[asked][channel] = content.text if isinstance(content, SmsContent) else getattr(content, "url", None)
    assert said[False] == {Channel.SMS: cart, Channel.PUSH: cart}
    push, text = str(said[True][Channel.PUSH]), str(said[True][Channel.SMS])
    assert TRACKED.read(push.removeprefix("https://news.shop.example/l/")).url == cart
    assert (await read(pool, TRACKED, text.removeprefix("https://news.shop.example/s/"))).url == cart


async def test_whoever_refuses_to_be_followed_has_plain_links(pool: Pool, templates: Templates) -> None:
    _, content = await write(pool, templates, tracking_refused=True)
    assert leads(content.html)["the authors'"] == "https://instagram.com/shop"


async def test_somebody_is_written_to_in_their_language(pool: Pool, templates: Templates) -> None:
    _, content = await write(pool, templates, locale="fr_CA")
    assert content == EmailContent("Encore", "<p>Bonjour</p>", "Bonjour")
