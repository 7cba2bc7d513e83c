"""A mail's headers: to unsubscribe by, to be told apart and counted by, and none of anybody else's making."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.policy import default as modern
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fermata.channels import EmailContent, Rejected, SmtpProvider
from fermata.channels.mail import Sender, has_control_characters, write_mail
from fermata.channels.mail_headers import feedback_id
from fermata.channels.sendgrid import write_request
from tests.integration.channels.envelopes import an_envelope

LONG = f"https://news.example/unsubscribe/{'a' * 300}.{'b' * 43}"
SENDER = Sender.parse("Fermata <hello@example.com>")
OUR_HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "X-Fermata-Decision",
    "Feedback-ID",
    "MIME-Version",
    "Content-Type",
}


def written(**changes: Any) -> EmailMessage:
    envelope = an_envelope(**changes)
    assert isinstance(envelope.content, EmailContent)
    mail = write_mail(envelope, envelope.content, SENDER, envelope.address or "")
    read = message_from_bytes(mail.as_bytes(policy=SMTP), policy=modern)
    assert isinstance(read, EmailMessage)
    return read


def list_headers(url: str | None) -> dict[str, str]:
    return {name: value for name, value in written(unsubscribe_url=url).items() if name.startswith("List-")}


def test_both_headers_are_there_and_the_link_is_whole_however_long() -> None:
    assert list_headers(LONG) == {
        "List-Unsubscribe": f"<{LONG}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_one_click_is_offered_by_https_alone() -> None:
    assert list_headers("http://127.0.0.1:8000/unsubscribe/a.b") == {
        "List-Unsubscribe": "<http://127.0.0.1:8000/unsubscribe/a.b>"
    }


def test_what_a_person_cannot_withdraw_from_offers_nothing() -> None:
    assert list_headers(None) == {}


def test_complaints_are_counted_by_message_and_kind_under_one_name_of_the_senders() -> None:
    assert written(unsubscribe_url=LONG)["Feedback-ID"] == "cart_reminder:email:marketing:examplecom"
    assert written()["Feedback-ID"] == "cart_reminder:email:service:examplecom"
    for domain in ("a.io", "a-very-long-name-of-a-domain.example"):
        assert 5 <= len(feedback_id(an_envelope(), domain).rpartition(":")[2]) <= 15


@given(subject=st.text(max_size=200), name=st.text(max_size=60), words=st.text(max_size=200))
async def test_no_words_make_a_header_of_their_own(subject: str, name: str, words: str) -> None:
    content = EmailContent(subject=subject, html=words, text=words)
    if has_control_characters(subject):
        async with SmtpProvider("smtp://127.0.0.1:1", "hello@example.com") as provider:
            assert isinstance(await provider.send(an_envelope(content=content)), Rejected)
        return
    if has_control_characters(name):
        return  # FERMATA_MAIL_FROM with such a name is refused at the start: test_settings_of_channels.py
    envelope = an_envelope(content=content)
    mail = write_mail(envelope, content, Sender(name, "hello@example.com", "example.com"), "ada@example.com")
    read = message_from_bytes(mail.as_bytes(policy=SMTP), policy=modern)
    assert sorted(read.keys()) == sorted(OUR_HEADERS)
    assert read["From"].addresses[0].addr_spec == "hello@example.com"
    assert [address.addr_spec for address in read["To"].addresses] == ["ada@example.com"]


@given(subject=st.text(max_size=100).filter(lambda text: not has_control_characters(text)))
def test_what_goes_to_a_mail_api_has_the_same_headers_and_no_others(subject: str) -> None:
    content = EmailContent(subject=subject, html="<p>x</p>", text="x")
    envelope = an_envelope(content=content, unsubscribe_url=LONG)
    request = write_request(envelope, content, SENDER, "ada@example.com")
    assert set(request["headers"]) == {
        "X-Fermata-Decision",
        "Feedback-ID",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "Message-ID",
    }
    assert not any(has_control_characters(value) for value in request["headers"].values())
    assert request["headers"]["Message-ID"] == written()["Message-ID"]
