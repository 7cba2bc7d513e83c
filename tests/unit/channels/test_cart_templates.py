"""The words of the cart journey: complete, honest about what is known, and safe in any inbox."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import workflows
from fermata.channels import CardContent, EmailContent, PushContent, Site, SmsContent, Templates
from fermata.journeys import Message
from fermata.vocabulary import Channel

ROOT = Path(workflows.__file__).parent / "templates"
SITE = Site("Larkspur", "https://larkspur.example", "12 Mill Lane, Bristol")
KEYS = ("cart_reminder", "cart_discount")
CHANNELS = (Channel.EMAIL, Channel.SMS, Channel.PUSH, Channel.IN_APP, Channel.INBOX, Channel.BADGE)

NAMED = {"name": "Trail Runner 3", "brand": "saucony", "category": "shoes", "price": 129.9, "currency": "EUR"}
REAL = {"product_id": "3900821", "category": "appliances.environment.water_heater", "brand": "aqua", "price": 33.2}
EVENTS: dict[str, tuple[dict[str, Any], str]] = {
    "a named product": (NAMED, "Trail Runner 3"),
    "brand and category": (REAL, "Aqua water heater"),
    "a category alone": ({"category": "furniture.living_room.sofa", "price": 543.1}, "sofa"),
    "a brand alone": ({"brand": "shiseido"}, "Shiseido pick"),
    "a name with blanks": ({"name": "  Trail \n Runner 3 "}, "Trail Runner 3"),
    "a name of null": ({"name": None, "brand": None, "category": None, "price": None, "url": None}, "cart"),
    "nothing": ({}, "cart"),
}


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates([ROOT], site=SITE)


@pytest.mark.parametrize("key", KEYS)
def test_both_messages_are_complete_on_every_channel(templates: Templates, key: str) -> None:
    message = Message(key=key, channels=("push", "email", "sms", "in_app"))
    assert templates.missing(message, [Channel.INBOX, Channel.BADGE]) == []


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(("event", "words"), EVENTS.values(), ids=EVENTS.keys())
def test_the_product_is_called_by_what_is_known_of_it(
    templates: Templates, key: str, event: dict[str, Any], words: str
) -> None:
    for channel in CHANNELS:
        templates.render(key, channel, {"profile": {}, "event": event})
    email = templates.render(key, Channel.EMAIL, {"event": event})
    assert isinstance(email, EmailContent)
    assert words in email.subject
    assert words in email.html
    assert words in email.text


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "profile", [{"first_name": "Ada"}, {"firstName": "Ada"}, {"first_name": None, "firstName": " Ada "}]
)
def test_a_person_is_greeted_by_name_where_it_is_known(templates: Templates, key: str, profile: dict[str, Any]) -> None:
    email = templates.render(key, Channel.EMAIL, {"profile": profile, "event": NAMED})
    assert isinstance(email, EmailContent)
    assert "Ada" in email.html
    assert "Ada" in email.text
    nobody = templates.render(key, Channel.EMAIL, {"event": NAMED})
    assert isinstance(nobody, EmailContent)
    assert " ," not in nobody.text
    assert ", ?" not in nobody.text


def test_the_price_is_shown_where_it_is_known(templates: Templates) -> None:
    for event, price in ((NAMED, "€129.90"), (REAL, "33.20")):
        email = templates.render("cart_reminder", Channel.EMAIL, {"event": event})
        assert isinstance(email, EmailContent)
        assert price in email.html
        assert price in email.text
    push = templates.render("cart_reminder", Channel.PUSH, {"event": NAMED})
    assert push == PushContent(
        "Still thinking it over?",
        "Your Trail Runner 3 (€129.90) is waiting in your cart.",
        "https://larkspur.example",
    )


@pytest.mark.parametrize("key", KEYS)
def test_an_event_can_neither_lead_away_nor_add_markup(templates: Templates, key: str) -> None:
    hostile = "<script>alert(1)</script>\r\nBcc: eve@example.com"
    event = {
        "name": hostile,
        "brand": hostile,
        "category": hostile,
        "currency": hostile,
        "url": "https://evil.example/",
    }
    context = {"profile": {"first_name": hostile}, "event": event, "message": {"unsubscribe_url": 'x"><script>'}}
    email = templates.render(key, Channel.EMAIL, context)
    assert isinstance(email, EmailContent)
    assert "<script" not in email.html
    assert "\n" not in email.subject
    for channel in CHANNELS:
        assert "evil.example" not in str(templates.render(key, channel, context))


@pytest.mark.parametrize("key", KEYS)
def test_a_very_long_name_is_cut(templates: Templates, key: str) -> None:
    event = {"name": "Runner " * 1000, "brand": "x" * 5000, "category": "y" * 5000}
    for channel in CHANNELS:
        content = templates.render(key, channel, {"event": event})
        if isinstance(content, EmailContent):
            assert len(content.subject) < 100
        if isinstance(content, SmsContent):
            assert len(content.text) < 250


@pytest.mark.parametrize("key", KEYS)
def test_the_mail_is_well_formed_and_speaks_to_screen_readers(templates: Templates, key: str) -> None:
    email = templates.render(key, Channel.EMAIL, {"profile": {"first_name": "Ada"}, "event": NAMED})
    assert isinstance(email, EmailContent)
    page = _Page()
    page.feed(email.html)
    assert page.open == []
    assert page.tables_without_role == 0
    assert page.languages == ["en"]
    assert page.links
    assert all(link.startswith("https://larkspur.example") for link in page.links)
    assert len(email.html) < 20_000


@pytest.mark.parametrize("key", KEYS)
def test_the_way_out_is_shown_where_the_sender_has_one(templates: Templates, key: str) -> None:
    way_out = {"unsubscribe_url": "https://larkspur.example/unsubscribe/t0ken"}
    shown = templates.render(key, Channel.EMAIL, {"event": NAMED, "message": way_out})
    absent = templates.render(key, Channel.EMAIL, {"event": NAMED})
    assert isinstance(shown, EmailContent)
    assert isinstance(absent, EmailContent)
    for text in (shown.html, shown.text):
        assert "https://larkspur.example/unsubscribe/t0ken" in text
    assert "unsubscribe" not in absent.html + absent.text


def test_without_a_site_the_words_still_work_and_link_to_nothing() -> None:
    templates = Templates([ROOT])
    event = {**NAMED, "url": "https://somewhere.example/p/1"}
    for key in KEYS:
        email = templates.render(key, Channel.EMAIL, {"event": event})
        card = templates.render(key, Channel.IN_APP, {"event": event})
        assert isinstance(email, EmailContent)
        assert isinstance(card, CardContent)
        assert "href" not in email.html
        assert "http" not in email.text
        assert card.url is None


class _Page(HTMLParser):
    """What a mail is made of: open tags, links, languages, and layout tables that a screen reader would read out."""

    _VOID = frozenset({"meta", "br", "img", "hr", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.languages: list[str] = []
        self.tables_without_role = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in self._VOID:
            self.open.append(tag)
        if tag == "table" and values.get("role") != "presentation":
            self.tables_without_role += 1
        if tag == "html":
            self.languages.append(values.get("lang") or "")
        if tag == "a":
            self.links.append(values.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
