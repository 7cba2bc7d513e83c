"""Countries and their parts, as senders call them."""

import pytest

from fermata.events import parse
from fermata.events.places import country_code, subdivision_code
from tests.people import NOON


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("fr", "FR"),
        ("France", "FR"),
        ("UK", "GB"),
        ("United Kingdom", "GB"),
        ("united states", "US"),
        ("U.S.A.", "US"),
        ("Deutschland", "DE"),
        ("Côte d'Ivoire", "CI"),
        ("Nippon", None),
        ("XX", None),
        ("", None),
        (None, None),
    ],
)
def test_a_country_is_known_by_code_and_by_name(text: str | None, code: str | None) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("ca", "US", "CA"),
        ("US-CA", "US", "CA"),
        ("California", "US", "CA"),
        ("Goa", "IN", "GA"),  # a name before a code
        ("Bavaria", "DE", None),
        ("Bayern", "DE", "BY"),
        ("California", None, None),
        ("NY", None, "NY"),
        ("no-where", "US", None),
        ("été", "FR", None),
    ],
)
def test_a_part_of_a_country_is_known_by_code_and_by_name(text: str, country: str | None, code: str | None) -> None:
    assert subdivision_code(text, country) == code


def test_the_context_tells_where_the_device_was_in_segments_own_words() -> None:
    location = {"city": " San Francisco ", "country": "United States", "region": "California", "latitude": 40.2}
    event = parse({"type": "track", "event": "A", "userId": "ada", "context": {"location": location}}, received_at=NOON)
    assert (event.device.city, event.device.subdivision, event.device.country) == ("San Francisco", "CA", "US")


@pytest.mark.parametrize("odd", [5, ["Lyon"], {"name": "Lyon"}, "  "])
def test_no_event_is_lost_for_the_name_of_a_city(odd: object) -> None:
    location = {"city": odd, "region": odd}
    event = parse({"type": "track", "event": "A", "userId": "ada", "context": {"location": location}}, received_at=NOON)
    assert (event.device.city, event.device.subdivision) == (None, None)
