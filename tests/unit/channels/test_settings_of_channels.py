"""Settings that no channel can work with are refused at the start, with their name and without their secrets."""

import pytest

from fermata.channels import HttpProvider, SmtpProvider
from fermata.channels.smtp_address import SmtpAddress
from fermata.errors import ConfigurationError
from fermata.vocabulary import Channel


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("smtp://mail.example", SmtpAddress("mail.example", 25, "starttls")),
        ("smtp://192.0.2.7", SmtpAddress("192.0.2.7", 25, "starttls")),
        ("smtp+plain://mail.example", SmtpAddress("mail.example", 25, "none")),
        ("smtp://localhost", SmtpAddress("localhost", 25, "none")),
        ("smtp://127.0.0.1:2525", SmtpAddress("127.0.0.1", 2525, "none")),
        ("smtps://mail.example", SmtpAddress("mail.example", 465, "tls")),
        ("smtp+starttls://mail.example/", SmtpAddress("mail.example", 587, "starttls")),
        ("smtp://u%40x:p%3A%2F@mail.example:2525", SmtpAddress("mail.example", 2525, "starttls", "u@x", "p:/")),
        ("smtp://[::1]:2525", SmtpAddress("::1", 2525, "none")),
    ],
)
def test_an_smtp_url_is_read(url: str, address: SmtpAddress) -> None:
    assert SmtpAddress.parse(url) == address


def test_a_password_is_never_shown() -> None:
    assert "secret" not in repr(SmtpAddress.parse("smtp://ada:secret@mail.example"))


@pytest.mark.parametrize(
    "url",
    [
        "mail.example:25",
        "http://ada:secret@mail.example",
        "smtp://",
        "smtp://ada:secret@mail.example:port",
        "smtp://ada:secret@mail.example:99999",
        "smtp://ada:secret@mail.example/path",
        "smtp://ada:secret@mail.example?tls=yes",
        "smtp://ada:secret@[mail.example",
    ],
)
def test_an_smtp_url_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="FERMATA_SMTP_URL") as refusal:
        SmtpAddress.parse(url)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "Shop",
        "Shop <>",
        "a@shop.example, b@shop.example",
        "Shop <shop>",
        "a@shop.example\r\nBcc: eve@example.com",
        "jürgen@shop.example",
    ],
)
def test_a_sender_that_is_no_address_is_refused(sender: str) -> None:
    with pytest.raises(ConfigurationError, match="FERMATA_MAIL_FROM"):
        SmtpProvider("smtp://mail.example", sender)


@pytest.mark.parametrize(
    "url", ["", "sms.example", "ftp://sms.example", "https://", "https://sms.example/?a=b", "http://["]
)
def test_a_provider_url_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="FERMATA_SMS_URL"):
        HttpProvider(Channel.SMS, url)


@pytest.mark.parametrize("token", ["", " ", "to\r\nken", "tökén"])
def test_a_token_that_no_header_may_have_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(ConfigurationError, match="FERMATA_PROVIDER_TOKEN") as refusal:
        HttpProvider(Channel.SMS, "https://sms.example", token=token)
    assert "ken" not in str(refusal.value).replace("TOKEN", "")


def test_an_http_provider_sends_push_and_sms_only() -> None:
    with pytest.raises(ConfigurationError, match="not email"):
        HttpProvider(Channel.EMAIL, "https://mail.example")


def test_a_provider_url_with_a_password_is_refused_and_not_shown() -> None:
    with pytest.raises(ConfigurationError, match="FERMATA_PROVIDER_TOKEN") as refusal:
        HttpProvider(Channel.SMS, "https://ada:secret@sms.example")
    assert "secret" not in str(refusal.value)
