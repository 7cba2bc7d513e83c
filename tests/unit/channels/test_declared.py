"""The file that declares providers is checked when a process starts, and its secrets are shown to nobody."""

import pytest

from fermata.channels.declared import read_declarations
from fermata.channels.kinds import KINDS, kind_named
from fermata.errors import ConfigurationError
from fermata.vocabulary import Channel

_TWO = """
[[email]]
name = "main"
kind = "smtp"
weight = 3
rate = 100
secret = "MAIL_PASSWORD"
options = {url = "smtp+starttls://ada@mail.example"}

[[email]]
name = "standby"
kind = "smtp"
tier = 2
options = {url = "smtps://other.example", connections = 2}

[[sms]]
name = "texts"
kind = "http"
options = {url = "https://sms.example", honours_idempotency_key = false}
"""


def one(*lines: str, channel: str = "email", name: str = "main") -> str:
    return "\n".join([f"[[{channel}]]", f'name = "{name}"', *lines])


def test_providers_are_read_with_their_place_among_the_others() -> None:
    main, standby, texts = read_declarations(_TWO, {"MAIL_PASSWORD": "hush"}, "providers.toml")
    assert (main.channel, main.provider.weight, main.provider.tier, main.provider.rate) == (Channel.EMAIL, 3, 1, 100)
    assert (main.secret, standby.secret) == ("hush", None)
    assert (standby.provider.tier, standby.provider.weight, standby.place) == (2, 1, "email.1")
    assert texts.channel is Channel.SMS


def test_a_secret_stands_in_no_text() -> None:
    assert "hush" not in repr(read_declarations(_TWO, {"MAIL_PASSWORD": "hush"}, "providers.toml"))


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_can_be_loaded(name: str) -> None:
    assert kind_named(name).channels


_SMTP = ('kind = "smtp"', 'options = {url = "smtp://m.example"}')


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("email = [", "is not TOML"),
        (one(*_SMTP, channel="telegraph"), "telegraph"),
        ('[[email]]\nkind = "smtp"', "email.0.name is missing"),
        (one(*_SMTP, name="has space"), "email.0.name = 'has space'"),
        (one('kind = "pigeon"'), "email.0.kind = 'pigeon': no kind of provider is named so; there are "),
        (one('kind = "smtp"', channel="sms"), "sms.0.kind = 'smtp' serves email, not sms"),
        (one(*_SMTP, "weight = 0"), "email.0.weight = 0"),
        (one(*_SMTP, "tier = 0"), "email.0.tier = 0"),
        (one(*_SMTP, "rate = 0"), "email.0.rate = 0"),
        (one(*_SMTP, "price = 1"), "email.0.price is no key"),
        (one('kind = "smtp"'), "email.0.options.url is missing"),
        (one('kind = "smtp"', 'options = {url = "smtp://m", port = 1}'), "email.0.options.port is no key"),
        (one(*_SMTP, 'secret = "pass word"'), "email.0.secret = 'pass word'"),
        (one(*_SMTP, 'secret = "AWAY"'), "email.0.secret: the environment variable AWAY is not set"),
        (one(*_SMTP) + "\n" + one(*_SMTP), "email.1.name = 'main': another provider has this name"),
        (
            one(*_SMTP) + "\n" + one('kind = "http"', 'options = {url = "https://s"}', channel="sms"),
            "sms.0.name = 'main': another provider has this name",
        ),
    ],
)
def test_a_file_that_cannot_work_is_refused_with_its_place(document: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        read_declarations(document, {}, "providers.toml")
    assert said in str(refusal.value)
    assert str(refusal.value).startswith("providers.toml")


def test_all_faults_are_told_at_once() -> None:
    document = one('kind = "smtp"', 'secret = "AWAY"') + "\n" + one('kind = "http"', channel="sms")
    with pytest.raises(ConfigurationError) as refusal:
        read_declarations(document, {}, "providers.toml")
    assert str(refusal.value).count("providers.toml") == 4
