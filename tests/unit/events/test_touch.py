"""How somebody came here, read from campaigns and referrers as Segment's libraries send them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fermata.errors import ConfigurationError
from fermata.events.sites import known_sites, read_sites, same_site
from fermata.events.touch import touch_of
from fermata.vocabulary import AcquisitionChannel

HERE = "https://shop.example.com/shoes"


def page(referrer: str | None = None, *, url: str = HERE, search: str = "", **campaign: str) -> str | None:
    """The channel of a page call of the browser's library."""
    told: dict[str, Any] = {"url": url, "search": search}
    if referrer is not None:
        told["referrer"] = referrer
    context = {"page": told, "campaign": campaign} if campaign else {"page": told}
    touch = touch_of("page", {}, context)
    return touch.channel.value if touch is not None else None


@pytest.mark.parametrize(
    ("source", "medium", "channel"),
    [
        ("google", "cpc", "paid_search"),
        ("Google", "CPC", "paid_search"),
        ("google", None, "organic_search"),
        ("google", "organic", "organic_search"),
        ("google", "email", "email"),  # the medium is stated, the site only suggests one
        ("facebook", "paid_social", "paid_social"),
        ("fb", "cpc", "paid_social"),
        ("facebook", "social", "organic_social"),
        ("instagram.com", None, "organic_social"),
        ("youtube", "cpv", "paid_video"),
        ("youtube", "video", "organic_video"),
        ("youtube", "cpc", "paid_video"),
        ("dv360", "display", "display"),
        ("dv360", "cpm", "display"),
        ("amazon", "cpc", "paid_shopping"),
        ("someone", "cpc", "paid_other"),
        ("spring", "email", "email"),
        ("email", None, "email"),
        ("fermata", "sms", "sms"),
        ("fermata", "web_push", "push"),
        ("partner", "affiliate", "affiliates"),
        ("spotify", "audio", "audio"),
        ("blog", "referral", "referral"),
        ("flyer", "qr", "other"),
    ],
)
def test_a_tagged_link_says_its_channel(source: str, medium: str | None, channel: str) -> None:
    tags = {"source": source} if medium is None else {"source": source, "medium": medium}
    assert page(**tags) == channel


def test_a_campaign_that_is_about_shopping_makes_an_unknown_source_a_shop() -> None:
    assert page(source="feed", medium="cpc", name="Shopping spring") == "paid_shopping"
    assert page(source="feed", medium="cpc", name="Workshop") == "paid_other"
    assert page(source="google", medium="cpc", name="shop-brand") == "paid_search"


@pytest.mark.parametrize(
    ("referrer", "channel"),
    [
        ("https://www.google.com/", "organic_search"),
        ("https://www.google.co.uk/", "organic_search"),
        ("https://duckduckgo.com/", "organic_search"),
        ("android-app://com.google.android.googlequicksearchbox/", "organic_search"),
        ("https://mail.google.com/mail/u/0", "email"),
        ("android-app://com.google.android.gm/", "email"),
        ("https://l.facebook.com/l.php", "organic_social"),
        ("https://t.co/abc", "organic_social"),
        ("https://www.youtube.com/watch", "organic_video"),
        ("https://www.amazon.de/dp/1", "organic_shopping"),
        ("https://running.example.org/best-shoes", "referral"),
        ("https://google.example.org/", "referral"),
        ("", "direct"),
        ("https://shop.example.com/", None),
        ("https://blog.example.com/", None),
        ("https://www.example.com/", None),
        ("https://www.paypal.com/checkout", None),
        ("https://accounts.google.com/signin", None),
        (None, None),
    ],
)
def test_the_page_that_led_here_says_the_channel(referrer: str | None, channel: str | None) -> None:
    assert page(referrer) == channel


def test_tags_are_read_from_the_address_too_and_the_campaign_of_the_context_goes_first() -> None:
    assert page("https://www.google.com/", search="?utm_source=news&utm_medium=email") == "email"
    assert page("", url=f"{HERE}?utm_source=google&utm_medium=cpc") == "paid_search"
    assert page("", search="?utm_source=news&utm_medium=email", source="google", medium="cpc") == "paid_search"


@pytest.mark.parametrize(
    ("click", "channel"),
    [("gclid", "paid_search"), ("msclkid", "paid_search"), ("ttclid", "paid_social"), ("fbclid", "organic_social")],
)
def test_what_ad_systems_add_to_a_link_stands_for_tags(click: str, channel: str) -> None:
    assert page("https://www.google.com/", search=f"?{click}=abc") == channel
    assert page("", search=f"?{click}=abc&utm_source=news&utm_medium=email") == "email"


def test_a_touch_keeps_what_the_link_was_tagged_with_and_who_led_here() -> None:
    touch = touch_of(
        "track",
        {"utm_term": "trail shoes"},
        {
            "campaign": {"name": "spring", "source": "google", "medium": "cpc", "content": "a"},
            "page": {"url": HERE, "referrer": "https://www.google.com/"},
        },
    )
    assert touch is not None
    assert touch.as_json() == {
        "channel": "paid_search",
        "source": "google",
        "medium": "cpc",
        "campaign": "spring",
        "term": "trail shoes",
        "content": "a",
        "referrer": "google.com",
    }


def test_an_event_of_a_server_says_nothing() -> None:
    assert touch_of("track", {"url": f"{HERE}?utm_source=feed"}, {"library": {"name": "analytics-python"}}) is None


def test_a_page_in_the_middle_of_a_visit_is_direct_only_where_nobody_led_to_it() -> None:
    assert touch_of("track", {}, {"page": {"url": HERE, "referrer": ""}}) is None
    assert touch_of("page", {}, {"page": {"url": HERE}}) is None


def test_the_referrer_of_segments_context_counts() -> None:
    context = {"referrer": {"type": "search", "url": "https://www.bing.com/"}}
    touch = touch_of("track", {}, context)
    assert touch is not None
    assert (touch.channel, touch.source) == (AcquisitionChannel.ORGANIC_SEARCH, "bing")
    unknown_here = touch_of("track", {}, {"referrer": {"url": "https://somewhere.example.org/"}})
    assert unknown_here is None  # it may be our own site


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["http://[", "?utm_source", "//", HERE]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(st.sampled_from(["url", "search", "referrer", "utm_source", "utm_medium"]), json_values),
    st.dictionaries(
        st.sampled_from(["page", "campaign", "referrer"]),
        json_values | st.dictionaries(st.sampled_from(["url", "search", "referrer", "source", "name"]), json_values),
    ),
)
def test_whatever_a_sender_writes_is_read_without_a_fault(properties: dict[str, Any], context: dict[str, Any]) -> None:
    for kind in ("page", "track"):
        touch = touch_of(kind, properties, context)
        assert touch is None or touch.channel in AcquisitionChannel


def test_hosts_of_one_site_are_told_from_neighbours() -> None:
    assert same_site("shop.example.co.uk", "example.co.uk")
    assert not same_site("one.co.uk", "two.co.uk")
    assert not same_site("127.0.0.1", "10.0.0.1")


def test_the_table_of_sites_ships_without_a_contradiction() -> None:
    assert known_sites().called("Google") == known_sites().at("www.google.fr")


def test_two_sites_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="'g' stands for 'a' and for 'b'"):
        read_sites('[a]\nkind="search"\nhosts=[]\nnames=["g"]\n[b]\nkind="search"\nhosts=[]\nnames=["g"]')
