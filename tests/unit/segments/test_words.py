"""A segment says itself in words."""

from datetime import timedelta

import pytest

from fermata.segments import (
    Segment,
    consents,
    days,
    did,
    first,
    has_address,
    hours,
    in_country,
    in_journey,
    in_time_zone,
    its,
    last,
    never,
    trait,
    was_in,
)
from fermata.vocabulary import Channel, Purpose

SAID: list[tuple[Segment, str]] = [
    (did("Product Viewed"), "did Product Viewed"),
    (did("Product Viewed", times=3, within=days(7)), "did Product Viewed at least 3 times within 7 days"),
    (~did("Product Viewed", times=3), "did Product Viewed fewer than 3 times"),
    (never("Sales Contacted", within=hours(36)), "never Sales Contacted within 36 hours"),
    (
        did("Product Viewed", where=(its("price") >= 50, its("category") == "Shoes"), within=timedelta(minutes=90)),
        'did Product Viewed (category is "Shoes" and price is at least 50) within 90 minutes',
    ),
    (last("Order Completed", before=days(90)), "last did Order Completed at least 90 days ago"),
    (
        ~first("Order Completed", before=days(1), within=days(30)),
        "not (first did Order Completed at least 1 day and less than 30 days ago)",
    ),
    (trait("plan") == "pro", 'trait plan is "pro"'),
    (trait("plan") != "pro", 'trait plan is not "pro"'),
    (~(trait("orders") < 3), "trait orders is not less than 3"),
    (trait("company.size").one_of(1, "big"), 'trait company.size is one of 1, "big"'),
    (trait(("a.b", "c")).is_set, 'trait "a.b".c is set'),
    (trait("vip") == True, "trait vip is true"),  # noqa: E712
    (~trait("plan").is_set, "trait plan is not set"),
    (consents(Channel.EMAIL, Purpose.MARKETING), "consents to email for marketing"),
    (~consents(Channel.EMAIL, Purpose.MARKETING), "does not consent to email for marketing"),
    (has_address(Channel.SMS), "has an address for sms"),
    (~has_address(Channel.SMS), "has no address for sms"),
    (in_country("FR", "DE"), "is in DE or FR"),
    (~in_country("FR"), "is not known to be in FR"),
    (in_time_zone("Europe/Paris"), "is in time zone Europe/Paris"),
    (~in_time_zone("Europe/Paris"), "is not known to be in time zone Europe/Paris"),
    (in_journey("cart_recovery"), "is in journey cart_recovery"),
    (~in_journey("cart_recovery"), "is not in journey cart_recovery"),
    (was_in("welcome", within=days(30)), "entered journey welcome within 30 days"),
    (~was_in("welcome"), "never entered journey welcome"),
    (
        did("Product Viewed", times=3, within=days(7)) & ~did("Sales Contacted"),
        "did Product Viewed at least 3 times within 7 days, and never Sales Contacted",
    ),
    ((did("A") | did("B")) & did("C"), "(did A, or did B), and did C"),
    ((did("A") & did("B")) | did("C"), "(did A, and did B), or did C"),
    (~(did("A") | did("B")), "not (did A, or did B)"),
]


@pytest.mark.parametrize(("segment", "words"), SAID, ids=[words for _, words in SAID])
def test_it_says(segment: Segment, words: str) -> None:
    assert segment.words == str(segment) == words
