"""Links in text messages: which are made short, and what that does to the length."""

from uuid import UUID

import pytest
from pydantic import SecretStr

from fermata.channels.short_links import shorten
from fermata.channels.sms_segments import segments_of
from fermata.channels.tracked_links import NO_TRACKED_LINKS, TrackedLink, TrackedLinks

DECISION = UUID("01890000-0000-7000-8000-0000000dec10")
LINKS = TrackedLinks(
    SecretStr("s" * 32), "https://api.shop.example", "https://shop.example/", "https://go.shop.example/"
)
HOSTS = {"instagram.com"}


def _written(text: str) -> tuple[str, list[str]]:
    """A text with ``*`` for each short link, and where these lead."""
    text, found = shorten(text, DECISION, LINKS, hosts=HOSTS)
    for link in found:
        text = text.replace(LINKS.short_url(link), "*")
    return text, [link.url for link in found]


@pytest.mark.parametrize(
    ("text", "short", "leads"),
    [
        ("See https://shop.example/cart?a=1&b=2.", "See *.", ["https://shop.example/cart?a=1&b=2"]),
        ("(http://www.shop.example/x) now!", "(*) now!", ["http://www.shop.example/x"]),
        ("https://shop.example/a https://shop.example/a", "* *", ["https://shop.example/a"]),
        ("https://instagram.com/shop\nhi", "*\nhi", ["https://instagram.com/shop"]),
        ("https://evil.example/shop.example", "https://evil.example/shop.example", []),
        ("https://shop.example@evil.example/", "https://shop.example@evil.example/", []),
        ("https://api.shop.example/unsubscribe/a.b", "https://api.shop.example/unsubscribe/a.b", []),
        ("https://go.shop.example/s/abcdefghijkl", "https://go.shop.example/s/abcdefghijkl", []),
        ("shop.example, javascript:alert(1)", "shop.example, javascript:alert(1)", []),
    ],
)
def test_links_to_the_site_and_of_the_authors_are_made_short_and_no_others(
    text: str, short: str, leads: list[str]
) -> None:
    assert _written(text) == (short, leads)


def test_without_a_secret_a_text_stays_as_it_is() -> None:
    text = "See https://shop.example/cart"
    assert shorten(text, DECISION, NO_TRACKED_LINKS, hosts=HOSTS) == (text, ())


def test_the_same_link_of_the_same_message_has_the_same_short_name_and_no_other_has_it() -> None:
    link = TrackedLink(DECISION, "https://shop.example/cart")
    others = [
        LINKS.short_token(TrackedLink(UUID(int=1), link.url)),
        LINKS.short_token(TrackedLink(DECISION, "https://shop.example/cart2")),
        TrackedLinks(SecretStr("x" * 32), "https://api.shop.example").short_token(link),
    ]
    assert LINKS.short_token(link) == LINKS.short_token(link)
    assert len({LINKS.short_token(link), *others}) == 4
    assert len(LINKS.short_url(link)) == len("https://go.shop.example/s/") + 12


def test_what_is_paid_for_is_counted_after_the_links_are_made_short() -> None:
    text = f"Still in your cart: https://shop.example/{'trail-runner-' * 12}"
    assert segments_of(text).segments == 2
    assert segments_of(shorten(text, DECISION, LINKS, hosts=HOSTS)[0]).segments == 1
