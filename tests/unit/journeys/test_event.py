"""What a run is told of an event's properties: few, short, scalar, and nothing that says who somebody is."""

from typing import Any

import pytest

from fermata.journeys.event import project


@pytest.mark.parametrize(
    "name", ["email", "Email Address", "customerEmail", "email_sha256", "phoneNumber", "contact-phone"]
)
@pytest.mark.parametrize("value", ["x", 442079460123])
def test_addresses_are_known_by_name_however_it_is_spelled(name: str, value: str | int) -> None:
    assert project({name: value, "plan": "pro"}) == {"plan": "pro"}


@pytest.mark.parametrize(
    "name", ["firstName", "LAST NAME", "customer_name", "street", "gift_message", "note", "comments"]
)
def test_names_and_what_people_write_are_known_by_name(name: str) -> None:
    assert project({name: "Ada"}) == {}


@pytest.mark.parametrize(
    "value",
    ["ada@example.com", "ask ada.l@mail.example.com now", "+44 20 7946 0123", "call +442079460123!", "0aF9" * 16],
)
def test_addresses_are_known_by_what_they_look_like_wherever_they_stand(value: str) -> None:
    assert project({"ref": value}) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "Trail Runner 3"),
        ("category", "Headphones & Phone Cases"),
        ("email_campaign", "spring"),
        ("headphone_type", "in-ear"),
        ("order_id", "2026-0001-4711-99"),
        ("url", "https://shop.example/shoes?from=home"),
        ("coupon", "SAVE+10"),
        ("has_email", True),
        ("email_clicks", 3),
        ("price", 59.9),
        ("note", None),
    ],
)
def test_what_journeys_go_by_stays(name: str, value: Any) -> None:
    assert project({name: value}) == {name: value}


def test_what_is_long_or_deep_and_what_is_beyond_the_twenty_fourth_is_left_out() -> None:
    assert project({"long": "x" * 201, "deep": {"a": 1}, "list": [1]}) == {}
    assert len(project({f"p{number:02}": number for number in range(30)})) == 24
