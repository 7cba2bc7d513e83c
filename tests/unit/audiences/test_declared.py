"""What a deployment may declare of audiences, and how a mistake in it is told."""

import pytest

from fermata.audiences.declared import Audience, read_audiences, read_leave_on
from fermata.errors import ConfigurationError

_ENVIRONMENT = {"META_TOKEN": "abc", "GOOGLE_KEY": '{"client_email": "x"}', "BLANK": " ", "BENT": "a\nb"}
_WELL = """
[platforms.meta]
kind = "meta"
token = "META_TOKEN"

[platforms.google]
kind = "google"
token = "GOOGLE_KEY"
account = "1234567890"

[audiences.shoes]
platform = "meta"
id = "23850000000000001"

[audiences.care]
platform = "google"
id = "77"
leave_on = ["Subscription Cancelled", "Order Refunded"]
"""


def test_an_audience_ends_with_a_purchase_unless_it_says_otherwise() -> None:
    declared = read_audiences(_WELL, _ENVIRONMENT)
    assert declared.audiences["shoes"] == Audience("shoes", "meta", "23850000000000001", ("Order Completed",))
    assert declared.audiences["care"].leave_on == ("Subscription Cancelled", "Order Refunded")
    assert declared.platforms["meta"].url == "https://graph.facebook.com/v25.0"


def test_the_door_reads_what_ends_memberships_without_a_token() -> None:
    assert read_leave_on(_WELL) == {"Order Completed", "Subscription Cancelled", "Order Refunded"}


def test_a_token_is_shown_nowhere() -> None:
    assert "abc" not in repr(read_audiences(_WELL, _ENVIRONMENT))


@pytest.mark.parametrize(
    ("given", "mended", "told"),
    [
        ('platform = "meta"', 'platform = "mta"', "audiences.shoes.platform = 'mta': no such platform is declared"),
        ('token = "META_TOKEN"', 'token = "NO_TOKEN"', "platforms.meta.token: there is no environment variable NO_TOK"),
        ('token = "META_TOKEN"', 'token = "BLANK"', "there is no environment variable BLANK"),
        ('token = "META_TOKEN"', 'token = "BENT"', "BENT holds what no HTTP header may have"),
        ('account = "1234567890"', "", "platforms.google.account is missing"),
        ('kind = "meta"', 'kind = "friendster"', "platforms.meta.kind = 'friendster'"),
        ('id = "77"', 'id = "../me"', "audiences.care.id = '../me'"),
        ('id = "77"', 'id = "77"\ncolour = "red"', "audiences.care.colour is no key that is known here"),
        ('kind = "meta"', 'kind = "meta"\nurl = "ftp://x"', "platforms.meta.url = 'ftp://x'"),
    ],
    ids=[
        "platform",
        "no token",
        "blank token",
        "bent token",
        "account",
        "kind",
        "id",
        "unknown key",
        "url",
    ],
)
def test_a_mistake_is_told_with_its_place(given: str, mended: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read_audiences(_WELL.replace(given, mended), _ENVIRONMENT)
    assert told in str(raised.value)
