"""The examples in docs/feedback.md and of text messages in docs/channels.md do what the pages say."""

import re
from datetime import UTC, datetime
from pathlib import Path

import orjson

from fermata.channels.declared import read_declarations
from fermata.events.message_events import EMAIL_PREFETCHED, NAMES
from fermata.events.verbs import standard_verbs
from fermata.events.webhooks import Delivery
from fermata.feedback import Bounce
from fermata.feedback.keywords import keyword_in
from fermata.feedback.signed_json import read_signed_json
from fermata.feedback.sources import read_tellers
from tests.unit.feedback.provider_signing import SECRETS

_DOCS = Path(__file__).parents[3] / "docs"
_PAGE = (_DOCS / "feedback.md").read_text(encoding="utf-8")
_CHANNELS = (_DOCS / "channels.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def test_the_declared_providers_are_read() -> None:
    (document,) = blocks(_PAGE, "toml")
    secrets = {
        "SENDGRID_VERIFICATION_KEY": SECRETS["SENDGRID_KEY"],
        "TWILIO_AUTH_TOKEN": SECRETS["TWILIO_TOKEN"],
        "GATEWAY_SECRET": SECRETS["GATEWAY_SECRET"],
    }
    tellers = read_tellers(document, secrets)
    assert {each.name: each.provider for each in tellers.values()} == {
        "mailer": "mailer",
        "texter": "texter",
        "gateway": "http:sms.example",
        "amazon": "amazon",
    }


def test_the_body_of_any_provider_is_understood() -> None:
    (body,) = blocks(_PAGE, "json")
    delivery = Delivery({"webhook-id": "msg_1"}, body.encode(), datetime.now(UTC))
    (word,) = read_signed_json(delivery, source="gateway", provider="gateway").words
    assert (word.bounce, word.dedupe_key) == (Bounce.HARD, orjson.loads(body)["data"]["key"])


def test_every_event_of_the_page_is_one_and_a_standard_one() -> None:
    table = "\n".join(line for line in _PAGE.splitlines() if line.startswith("|"))
    named = set(re.findall(r'"([A-Z][A-Za-z ]+)"', table))
    told = {name for channel in ("email", "sms") for name in NAMES[channel].values()}  # type: ignore[index]
    assert told | {EMAIL_PREFETCHED} <= named
    for name in told | {EMAIL_PREFETCHED}:
        verb = standard_verbs().find(name)
        assert verb is not None, name
        assert verb.name == name


def test_the_words_of_the_page_are_those_that_are_obeyed() -> None:
    rows = {
        keyword: [row.split("|")[1] for row in _PAGE.splitlines() if row.startswith(f"| {keyword.upper()},")]
        for keyword in ("stop", "start", "help")
    }
    for keyword, (words,) in rows.items():
        listed = re.findall(r"\b[A-ZÊ]{3,}\b", words)
        assert len(listed) >= 3
        assert {keyword_in(word) for word in listed} == {keyword}


def test_an_account_of_twilios_is_declared_as_the_page_says() -> None:
    (document,) = (each for each in blocks(_CHANNELS, "toml") if "twilio" in each)
    (declared,) = read_declarations(document, {"TWILIO_AUTH_TOKEN": "hush"}, "providers.toml")
    assert declared.provider.name == "texter"
