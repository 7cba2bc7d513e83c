"""A mail that its reader can unsubscribe from with one click."""

from email import message_from_bytes
from email.policy import SMTP

from fermata.channels import EmailContent
from fermata.channels.mail import Sender, write_mail
from tests.integration.channels.envelopes import an_envelope

LONG = f"https://news.example/unsubscribe/{'a' * 300}.{'b' * 43}"


def headers(url: str | None) -> dict[str, str]:
    envelope = an_envelope(unsubscribe_url=url)
    assert isinstance(envelope.content, EmailContent)
    mail = write_mail(envelope, envelope.content, Sender.parse("Fermata <hello@example.com>"), "ada@example.com")
    read = message_from_bytes(mail.as_bytes(policy=SMTP))
    return {name: value for name, value in read.items() if name.startswith("List-")}


def test_both_headers_are_there_and_the_link_is_whole_however_long() -> None:
    assert headers(LONG) == {
        "List-Unsubscribe": f"<{LONG}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_one_click_is_offered_by_https_alone() -> None:
    assert headers("http://127.0.0.1:8000/unsubscribe/a.b") == {
        "List-Unsubscribe": "<http://127.0.0.1:8000/unsubscribe/a.b>"
    }


def test_what_a_person_cannot_withdraw_from_offers_nothing() -> None:
    assert headers(None) == {}
