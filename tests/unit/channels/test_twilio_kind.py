"""What a deployment may declare of Twilio."""

import pytest

from fermata.channels.declared import read_declarations
from fermata.errors import ConfigurationError

ACCOUNT = f"AC{'0' * 32}"


def declared(options: str) -> str:
    return f'[[sms]]\nname = "texter"\nkind = "twilio"\nsecret = "TOKEN"\n[sms.options]\n{options}'


def test_an_account_with_senders_by_country_is_a_provider_of_text_messages() -> None:
    text = declared(
        f'account = "{ACCOUNT}"\nsender = "+15005550006"\nsenders = {{ GB = "+447700900000", FR = "SHOP" }}'
    )
    (declaration,) = read_declarations(text, {"TOKEN": "hush"}, "providers.toml")
    assert (declaration.provider.name, declaration.channel) == ("texter", "sms")
    assert "hush" not in repr(declaration)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (f'account = "{ACCOUNT}"', "nobody sends"),
        ('account = "mine"\nsender = "+15005550006"', "options.account"),
        (f'account = "{ACCOUNT}"\nsender = "a name that is too long"', "options.sender"),
        (f'account = "{ACCOUNT}"\nsenders = {{ uk = "+447700900000" }}', "options.senders.uk"),
        (f'account = "{ACCOUNT}"\nsender = "SHOP"\ncallback = "https://shop.example/?a=1"', "options.callback"),
        (f'account = "{ACCOUNT}"\nsender = "SHOP"\nmost_segments = 11', "options.most_segments"),
    ],
    ids=["nobody", "account", "name", "country", "callback", "segments"],
)
def test_what_cannot_work_is_told_with_its_place(options: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read_declarations(declared(options), {"TOKEN": "hush"}, "providers.toml")
