"""Links that lead through here: which are rewritten, which are left, and where they lead."""

from html import escape, unescape
from html.parser import HTMLParser
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from fermata.channels.tracked_links import NO_TRACKED_LINKS, TrackedLink, TrackedLinks
from fermata.errors import NotFound

DECISION = UUID("01890000-0000-7000-8000-0000000dec10")
LINKS = TrackedLinks(SecretStr("s" * 32), "https://news.shop.example/", "https://shop.example/")
OURS = "https://news.shop.example/l/"


class _Hrefs(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.hrefs: list[str | None] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("a", "area"):
            self.hrefs.append(next((value for name, value in attrs if name == "href"), None))


class _Attributes(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs


def leads_to(html: str) -> list[str | None]:
    """Where each link of the rewritten mail leads in the end, with a star before those that lead through here."""
    found = _Hrefs(LINKS.rewrite(html, DECISION, hosts={"instagram.com"})).hrefs
    return [f"*{LINKS.read(href[len(OURS) :]).url}" if href and href.startswith(OURS) else href for href in found]


@pytest.mark.parametrize(
    ("html", "leads"),
    [
        ('<a href="https://shop.example/cart">x</a>', "*https://shop.example/cart"),
        ("<a href='https://www.shop.example/?a=1&amp;b=ü'>x</a>", "https://www.shop.example/?a=1&b=ü"),
        ("<a href='https://www.shop.example/?a=1&amp;b=2'>x</a>", "*https://www.shop.example/?a=1&b=2"),
        ("<A\n class=button HREF = https://shop.example/a>x</A>", "*https://shop.example/a"),
        ('<a data-href="https://shop.example/no" href="https://shop.example/yes">x</a>', "*https://shop.example/yes"),
        (
            '<a title="href=https://shop.example/no x=1" href="https://shop.example/yes">x</a>',
            "*https://shop.example/yes",
        ),
        ('<a title="href=https://shop.example/no" href="https://evil.example/">x</a>', "https://evil.example/"),
        ('<a href="https://shop.example/1" href="https://shop.example/2">x</a>', "*https://shop.example/1"),
        ('<area href="https://shop.example/map">', "*https://shop.example/map"),
        ('<a href="https://instagram.com/shop">x</a>', "*https://instagram.com/shop"),
        ('<a href="https://evil.example/">x</a>', "https://evil.example/"),
        ('<a href="https://shop.example@evil.example/">x</a>', "https://shop.example@evil.example/"),
        ('<a href="https://notshop.example/">x</a>', "https://notshop.example/"),
        ('<a href="javascript:alert(1)">x</a>', "javascript:alert(1)"),
        ('<a href="mailto:hello@shop.example">x</a>', "mailto:hello@shop.example"),
        ('<a href="#top">x</a>', "#top"),
        ('<a href="">x</a>', ""),
        ("<a name=x>x</a>", None),
        ('<a href="https://news.shop.example/unsubscribe/a.b">x</a>', "https://news.shop.example/unsubscribe/a.b"),
        ('<a href="https://news.shop.example/confirm/a.b">x</a>', "https://news.shop.example/confirm/a.b"),
        ('<a href="https://shop.example/cart" data-untracked>x</a>', "https://shop.example/cart"),
    ],
)
def test_only_links_of_the_authors_lead_through_here(html: str, leads: str | None) -> None:
    assert leads_to(f"<p>é\n{html}</p>") == [leads]


def test_all_else_in_a_mail_stays_to_the_letter() -> None:
    html = (
        "<!doctype html>\n<!--[if mso]><a href='https://shop.example/mso'>x</a><![endif]-->"
        '<style>a > b { c: \'d\' }</style><p title="a>b">ü &nbsp;&euro; <a href="https://shop.example/a">x</a>\n'
        "<img src='https://shop.example/i.png'></p>"
    )
    rewritten = LINKS.rewrite(html, DECISION, hosts=())
    before, _, rest = rewritten.partition(OURS)
    assert rewritten.count(OURS) == 1
    assert html == f'{before}https://shop.example/a"{rest.partition(chr(34))[2]}'


@given(st.text(alphabet="<>a href=\"'/:htps.shopexamle\n!-é&;", max_size=300))
def test_whatever_a_mail_is_made_of_every_link_leads_where_it_led(html: str) -> None:
    # Documents that break off in a tag have links in one reading and not in another; those that do not must agree.
    before = [href and unescape(href) for href in _Hrefs(html).hrefs]
    after = leads_to(html)
    assert len(after) == len(before)
    for old, new in zip(before, after, strict=True):
        assert new == old or (new is not None and old is not None and new.removeprefix("*") == old.strip())


@given(st.text(alphabet="href=https:/ shop.example\"'<>&;\n", max_size=60))
def test_what_an_event_says_in_another_attribute_cannot_break_out_of_it(said: str) -> None:
    html = f'<a title="{escape(said)}" href="https://shop.example/yes">x</a>'
    parsed = _Attributes(LINKS.rewrite(html, DECISION, hosts=())).attributes
    assert [name for name, _ in parsed] == ["title", "href"]
    assert dict(parsed)["title"] == said


def test_without_a_secret_links_stay_as_they_are() -> None:
    html = '<a href="https://shop.example/">x</a>'
    assert NO_TRACKED_LINKS.rewrite(html, DECISION, hosts={"shop.example"}) == html


def test_a_link_is_read_again_and_nothing_else_is() -> None:
    link = TrackedLink(DECISION, "https://shop.example/cart?a=1#b")
    token = LINKS.url(link).removeprefix(OURS)
    assert LINKS.read(token) == link
    for wrong in ("", "a", f"{token}x", token[:-1], token.replace(".", ""), "../../etc"):
        with pytest.raises(NotFound, match="not one of ours"):
            LINKS.read(wrong)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example", "file:///etc/passwd", "https://a@b.example/"])
def test_even_a_signed_link_leads_to_web_pages_only(url: str) -> None:
    token = LINKS.url(TrackedLink(DECISION, url)).removeprefix(OURS)
    with pytest.raises(NotFound):
        LINKS.read(token)
