"""What a deployment may declare of desks, and how a mistake in it is told."""

import pytest

from fermata.channels.hand_off_desks import read_desks
from fermata.errors import ConfigurationError

_ENVIRONMENT = {"SALES_SECRET": "whsec_c2FsZXM=", "BENT": "whsec_a"}
_WELL = '[sales]\nurl = "https://crm.example.com/hooks/fermata"\nsecret = "SALES_SECRET"\n'


def test_a_desk_has_an_address_a_secret_and_its_usual_priority() -> None:
    (desk,) = read_desks(f'{_WELL}priority = "P3"\n', _ENVIRONMENT).values()
    assert (desk.name, desk.url, desk.priority) == ("sales", "https://crm.example.com/hooks/fermata", "P3")
    assert "c2FsZXM" not in repr(desk)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (_WELL.replace("SALES_SECRET", "NOT_SET"), "sales.secret: there is no environment variable NOT_SET"),
        (_WELL.replace("SALES_SECRET", "BENT"), "sales.secret: the environment variable BENT is no base64"),
        (_WELL.replace("https", "gopher"), "sales.url = 'gopher://crm.example.com/hooks/fermata'"),
        (f'{_WELL}colour = "red"\n', "sales.colour is no key that is known here"),
        (_WELL.replace("[sales]", "[Sales Team]"), "is not TOML"),
    ],
    ids=["secret", "base64", "url", "unknown key", "name"],
)
def test_a_mistake_is_told_with_its_place(document: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read_desks(document, _ENVIRONMENT)
    assert told in str(raised.value)
