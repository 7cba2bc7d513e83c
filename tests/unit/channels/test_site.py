"""Links in messages lead home, whatever an event claims."""

import pytest

from fermata.channels import Site
from fermata.errors import ConfigurationError

HOME = Site("Larkspur", "https://larkspur.example")


@pytest.mark.parametrize(
    "url",
    [
        "https://larkspur.example/p/1?ref=mail#top",
        "http://larkspur.example",
        "https://shop.larkspur.example/p/1",
        "https://LARKSPUR.example:8443/p",
    ],
)
def test_a_page_of_the_site_is_linked_to(url: str) -> None:
    assert HOME.link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/larkspur.example",
        "https://evillarkspur.example/",
        "https://larkspur.example.evil.example/",
        "https://larkspur.example@evil.example/",
        "https://evil.example\\@larkspur.example/",
        "//larkspur.example/p",
        "javascript:alert(1)//larkspur.example",
        "data:text/html;larkspur.example",
        "https://larkspur.example/\r\nBcc: eve@example.com",
        'https://larkspur.example/"onclick="x',
        "https://larkspur.example/ p",
        "https://lаrkspur.example/",  # with a Cyrillic a
        "https://larkspur.example:99999/",
        "https://[larkspur.example/",
        "https://larkspur.example/" + "x" * 3000,
        "",
        None,
        17,
        ["https://larkspur.example/"],
    ],
)
def test_any_other_url_becomes_the_sites_own(url: object) -> None:
    assert HOME.link(url) == "https://larkspur.example"


def test_without_a_url_of_its_own_a_site_links_to_nothing() -> None:
    assert Site().link("https://anywhere.example/") is None


@pytest.mark.parametrize("url", ["larkspur.example", "ftp://larkspur.example", "https://", "https://a b.example"])
def test_a_site_needs_a_web_address(url: str) -> None:
    with pytest.raises(ConfigurationError, match="no web address"):
        Site("Larkspur", url)
