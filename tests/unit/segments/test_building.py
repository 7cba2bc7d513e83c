"""What cannot be a segment is refused where it is written, with the value and the mend."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from fermata.errors import DefinitionError
from fermata.segments import (
    InvalidSegment,
    consents,
    days,
    did,
    has_address,
    hours,
    in_country,
    in_journey,
    in_time_zone,
    its,
    last,
    minutes,
    trait,
    was_in,
)
from fermata.vocabulary import Channel, Purpose

VIEWED = did("Product Viewed")
WRONG: list[tuple[str, Callable[[], Any], str]] = [
    ("no times", lambda: did("Product Viewed", times=0), "times: Input should be greater than or equal to 1, not 0"),
    ("half a time", lambda: did("Product Viewed", times=1.5), "times:"),  # type: ignore[arg-type]
    ("true times", lambda: did("Product Viewed", times=True), "times:"),
    ("no name", lambda: did("  "), "'  ' says nothing"),
    ("a name with NUL", lambda: did("Product\x00"), "cannot hold"),
    ("a name of half a pair", lambda: did("Product\ud800"), "unicode"),
    ("a very long name", lambda: did("x" * 201), "200 characters"),
    ("a negative duration", lambda: did("Product Viewed", within=timedelta(days=-1)), "longer than zero"),
    ("no duration", lambda: days(0), "days(0): a duration is longer than zero"),
    ("twenty years", lambda: days(7300), "at most 3650 days"),
    ("an endless duration", lambda: hours(float("inf")), "hours(inf)"),
    ("a duration of no number", lambda: minutes("5"), "minutes('5')"),  # type: ignore[arg-type]
    ("a bare number", lambda: did("Product Viewed", within=7), "7 is no duration; write days(7)"),  # type: ignore[arg-type]
    ("neither before nor within", lambda: last("Order Completed"), "say when the last 'Order Completed' was"),
    (
        "an empty period",
        lambda: last("Order Completed", before=days(7), within=days(7)),
        "nothing is both at least 7 days and less than 7 days ago",
    ),
    ("an unknown channel", lambda: consents("fax", Purpose.MARKETING), "not 'fax'"),  # type: ignore[arg-type]
    ("an unknown purpose", lambda: consents(Channel.EMAIL, "fun"), "not 'fun'"),  # type: ignore[arg-type]
    ("a substitute", lambda: consents(Channel.BADGE, Purpose.MARKETING), "only stands in for another channel"),
    ("no address", lambda: has_address(Channel.ADS), "'ads' needs no address; use one of email, push, sms"),
    ("a kingdom", lambda: in_country("FR", "UK"), "the United Kingdom is 'GB'"),
    ("no country", lambda: in_country(), "countries: name at least one"),
    ("no zone", lambda: in_time_zone("Europe/Pariss"), "'Europe/Pariss' is no IANA time zone"),
    ("no journey", lambda: in_journey(""), "says nothing"),
    ("a journey in no time", lambda: was_in("welcome", within=timedelta(0)), "longer than zero"),
    ("nothing to compare with", lambda: trait("plan") == None, "or ask .is_set"),  # noqa: E711
    ("another trait", lambda: trait("plan") == trait("tier"), "<'tier', not yet compared> is nothing to compare with"),
    ("greater than text", lambda: trait("plan") >= "pro", "plan: 'pro' is no number"),
    ("greater than true", lambda: trait("orders") > True, "True is no number"),
    ("not a number", lambda: trait("orders") == float("nan"), "nan is nothing to compare with"),
    ("no decimal", lambda: trait("orders") == Decimal("NaN"), "nothing to compare with"),
    ("too many digits", lambda: trait("orders") == Decimal("0.12345678901234567890"), "more digits"),
    ("a vast number", lambda: trait("orders") == 10**400, "is nothing to compare with"),
    ("one of none", lambda: trait("plan").one_of(), "one_of of plan does not go with 0 values"),
    ("a path of nothing", lambda: trait("plan..name") == "pro", "says nothing"),
    ("a value that is no scalar", lambda: did("Product Viewed", where={"tags": ["a"]}), "['a'] is nothing to compare"),
    ("where without a comparison", lambda: did("Product Viewed", where="Shoes"), "'Shoes' asks nothing of an event"),  # type: ignore[arg-type]
    ("a name not compared", lambda: did("Product Viewed", where=its("price")), "not yet compared"),  # type: ignore[arg-type]
    ("a trait of an event", lambda: did("Product Viewed", where=trait("plan") == "pro"), "asks nothing"),  # type: ignore[arg-type]
    ("and", lambda: VIEWED and VIEWED, "combine conditions with &, | and ~"),
    ("a chain", lambda: 1 <= trait("orders") <= 3, "combine conditions with &, | and ~"),
    ("only a name", lambda: not trait("plan"), "is only a name; compare it"),
    ("no parentheses", lambda: trait("plan") == "pro" & VIEWED, "put each comparison into parentheses"),
    ("no parentheses around two", lambda: trait("a") == 1 & trait("b"), "put each comparison into parentheses"),
    ("no condition", lambda: VIEWED & True, "True is no condition"),  # type: ignore[operator]
    ("a name alone", lambda: VIEWED | trait("plan"), "not yet compared> is no condition"),
]


@pytest.mark.parametrize(("build", "message"), [wrong[1:] for wrong in WRONG], ids=[wrong[0] for wrong in WRONG])
def test_it_is_refused_with_its_value_and_the_mend(build: Callable[[], Any], message: str) -> None:
    with pytest.raises(InvalidSegment) as caught:
        build()
    assert message in str(caught.value)
    assert isinstance(caught.value, DefinitionError)


def test_a_segment_of_more_than_a_hundred_conditions_is_refused() -> None:
    segment = did("Event 0") | did("Event 1")
    for number in range(2, 100):
        segment |= did(f"Event {number}")
    with pytest.raises(InvalidSegment, match="at most 100 conditions"):
        segment | did("One More")


def test_a_segment_nested_more_than_twenty_deep_is_refused() -> None:
    segment: Any = VIEWED
    for number in range(20):
        segment = (segment & VIEWED) if number % 2 else (segment | VIEWED)
    with pytest.raises(InvalidSegment, match="nested at most 20 deep"):
        segment | VIEWED


def test_a_segment_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        VIEWED.times = 3  # type: ignore[misc]


def test_equal_segments_are_equal_however_they_were_written() -> None:
    one = did("Product Viewed", where={"category": "Shoes", "price": 50.0})
    other = did("Product Viewed", where=[its("price") == 50, its("category") == "Shoes"])
    assert one == other
    assert hash(one) == hash(other)
    assert in_country("DE", "fr", "DE") == in_country("FR", "DE")
    assert days(1) == hours(24)
    assert (VIEWED & one) & other == VIEWED & (one & other)
    assert ~(trait("plan") == "pro") == (trait("plan") != "pro")
    assert ~~VIEWED is VIEWED


def test_true_is_not_the_number_one() -> None:
    assert (trait("orders") == 1).words != (trait("orders") == True).words  # noqa: E712
    assert (its("orders") == 1) != (its("orders") == True)  # noqa: E712
    assert len({its("orders") == 1, its("orders") == 1.0, its("orders") == True}) == 2  # noqa: E712
