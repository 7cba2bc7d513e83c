"""The file that declares the sources is checked when a process starts, and its secrets are shown to nobody."""

import pytest

from fermata.errors import ConfigurationError
from fermata.events.webhooks import read_sources
from tests.unit.events.webhooks.signing import DOCUMENT, SECRETS


def shop(*lines: str) -> str:
    return "\n".join(["[sources.shop]", *lines])


def test_every_kind_of_source_is_read() -> None:
    sources = read_sources(DOCUMENT, SECRETS)
    assert {name: source.scheme for name, source in sources.items()} == {
        "shopify": "shopify",
        "billing": "stripe",
        "helpdesk": "zendesk",
        "chat": "standard",
        "ratings": "zendesk",
    }
    assert len(sources["billing"].secrets) == 2


def test_a_secret_stands_in_no_text() -> None:
    said = repr(read_sources(DOCUMENT, SECRETS))
    assert not any(secret in said for secret in SECRETS.values())


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("sources = [", "is not TOML"),
        ("", "nobody is declared"),
        (
            shop('kind = "shopify"', 'secrets = ["HUSH"]') + '\n[feedback.shop]\nkind = "twilio"\nsecrets = ["HUSH"]',
            "both",
        ),
        ("[source.shop]", "source is no key"),
        (shop('kind = "shopify"'), "sources.shop.shopify.secrets is missing"),
        (shop('kind = "shopify"', "secrets = []"), "sources.shop.shopify.secrets"),
        (shop('kind = "shopify"', 'secrets = ["not a name"]'), "sources.shop.shopify.secrets.0 = 'not a name'"),
        (shop('kind = "shopify"', 'secrets = ["HUSH"]', 'event = "type"'), "sources.shop.shopify.event is no key"),
        (shop('kind = "woo"', 'secrets = ["HUSH"]'), "sources.shop"),
        (shop('kind = "shopify"', 'secrets = ["AWAY"]'), "sources.shop.secrets: there is no environment variable AWAY"),
        (shop('kind = "shopify"', 'secrets = ["BLANK"]'), "sources.shop.secrets: the environment variable BLANK is bl"),
        (
            shop('kind = "mapping"', 'secrets = ["HUSH"]', 'event = "type"', 'email = "email"'),
            "sources.shop.secrets: the environment variable HUSH is no base64",
        ),
        (shop('kind = "mapping"', 'secrets = ["HUSH"]', 'email = "email"'), "give either event"),
        (shop('kind = "mapping"', 'secrets = ["HUSH"]', 'event = "type"'), "at least one of user_id"),
        (
            shop('kind = "mapping"', 'secrets = ["HUSH"]', 'event = "a..b"', 'email = "email"'),
            "sources.shop.mapping.event = 'a..b'",
        ),
        ('[sources."My Shop"]\nkind = "shopify"\nsecrets = ["HUSH"]', 'sources."My Shop"'),
    ],
)
def test_a_file_that_cannot_work_is_refused_with_its_place(document: str, said: str) -> None:
    environment = {"HUSH": "!", "BLANK": " "}
    with pytest.raises(ConfigurationError) as refusal:
        read_sources(document, environment, source="webhooks.toml")
    assert said in str(refusal.value)
    assert str(refusal.value).startswith("webhooks.toml")
