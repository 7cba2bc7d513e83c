"""The mails that ask somebody to confirm: the link, and nothing that whoever filled in the form has typed."""

from pathlib import Path

import pytest

import workflows
from fermata.channels import EmailContent, RenderFailed, Site, Templates
from fermata.vocabulary import Channel

TEMPLATES = Templates([Path(path) / "templates" for path in workflows.__path__], site=Site(name="Shoes & Co"))
MESSAGES = ("confirm_subscription", "confirm_subscription_reminder")
LINK = "https://news.example/confirm/abc.def"


@pytest.mark.parametrize("message", MESSAGES)
def test_a_mail_has_the_link_and_nothing_that_a_stranger_typed(message: str) -> None:
    typed = "Win a phone at evil.example"
    context = {
        "profile": {"first_name": typed, "name": typed},
        "event": {"name": typed, "topic": typed},
        "message": {"key": message, "confirm_url": LINK},
    }
    mail = TEMPLATES.render(message, Channel.EMAIL, context)
    assert isinstance(mail, EmailContent)
    for text in (mail.html, mail.text):
        assert LINK in text
        assert "evil.example" not in text
    assert "evil.example" not in mail.subject
    assert "Shoes & Co" in mail.text
    assert "left something in your cart" not in mail.html


@pytest.mark.parametrize("message", MESSAGES)
def test_without_a_link_no_mail_is_written(message: str) -> None:
    with pytest.raises(RenderFailed, match="confirm_url"):
        TEMPLATES.render(message, Channel.EMAIL, {"message": {"key": message}})
