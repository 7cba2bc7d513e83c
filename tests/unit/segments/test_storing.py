"""A segment is stored as JSON and read back; what is no segment is refused with its place."""

import json
from datetime import timedelta

import pytest
from pydantic import BaseModel

from fermata.segments import (
    InvalidSegment,
    Segment,
    Where,
    days,
    did,
    events_of,
    in_journey,
    its,
    journeys_of,
    last,
    read_segment,
    satisfies,
    trait,
    was_in,
)

SEGMENT = did("Product Viewed", times=3, within=days(7), where={"category": "Shoes"}) & ~did("Sales Contacted")


def test_it_is_stored_under_the_names_of_its_parts() -> None:
    assert json.loads(SEGMENT.model_dump_json()) == {
        "kind": "and",
        "parts": [
            {
                "kind": "did",
                "event": "Product Viewed",
                "times": 3,
                "within": "P7D",
                "where": [{"path": ["category"], "operator": "is", "values": ["Shoes"], "negated": False}],
            },
            {
                "kind": "not",
                "part": {"kind": "did", "event": "Sales Contacted", "times": 1, "within": None, "where": []},
            },
        ],
    }


def test_people_may_write_it_shorter() -> None:
    written = {"kind": "did", "event": "Product Viewed", "within": "PT36H", "where": {"category": "Shoes"}}
    assert read_segment(written) == did("Product Viewed", within=timedelta(hours=36), where={"category": "Shoes"})


@pytest.mark.parametrize(
    "duration", [days(7), timedelta(hours=36), timedelta(microseconds=1), timedelta(days=1, seconds=0.5)]
)
def test_a_duration_is_kept_to_the_microsecond(duration: timedelta) -> None:
    assert read_segment(did("A", within=duration).model_dump_json()) == did("A", within=duration)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("", "a segment is a JSON object with a kind"),
        ("[" * 100_000, "a segment is a JSON object with a kind"),
        ("[]", "Input should be"),
        ("{}", "discriminator 'kind'"),
        ('{"kind": "everybody"}', "'everybody'"),
        ('{"kind": "did"}', "did.event: Field required"),
        ('{"kind": "did", "event": "A", "time": 3}', "did.time: Extra inputs are not permitted"),
        ('{"kind": "did", "event": "A", "within": 7}', "did.within: 7 is no duration"),
        ('{"kind": "did", "event": "A", "within": "P"}', "did.within: 'P' is no duration"),
        ('{"kind": "did", "event": "A", "within": "P1Y"}', "did.within: 'P1Y' is no duration"),
        ('{"kind": "and", "parts": []}', "and.parts:"),
        ('{"kind": "not", "part": {"kind": "did", "event": ""}}', "not.part.did.event: '' says nothing"),
        ('{"kind": "in_country", "countries": ["XX"]}', "'XX' is no country"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_segment_is_refused_with_its_place(document: str, message: str) -> None:
    with pytest.raises(InvalidSegment) as caught:
        read_segment(document)
    assert message in str(caught.value)


def test_a_bomb_of_nested_parts_is_refused() -> None:
    document: dict[str, object] = {"kind": "did", "event": "A"}
    for _ in range(5_000):
        document = {"kind": "not", "part": document}
    with pytest.raises(InvalidSegment):
        read_segment(document)


def test_it_is_a_field_of_a_model_like_any_other() -> None:
    class Broadcast(BaseModel):
        audience: Segment
        where: Where = ()

    broadcast = Broadcast(audience=SEGMENT, where=(its("price") >= 50,))
    assert Broadcast.model_validate_json(broadcast.model_dump_json()) == broadcast
    assert Broadcast.model_json_schema()["properties"]["audience"]["discriminator"]["propertyName"] == "kind"


def test_it_names_the_events_and_the_journeys_that_decide() -> None:
    segment = SEGMENT | last("Order Completed", before=days(90)) | (was_in("welcome") & ~in_journey("cart_recovery"))
    assert events_of(segment) == {"Product Viewed", "Sales Contacted", "Order Completed"}
    assert journeys_of(segment) == {"welcome", "cart_recovery"}
    assert events_of(trait("plan") == "pro") == frozenset()


def test_a_trigger_asks_about_the_properties_of_one_event() -> None:
    shoes = did("Product Viewed", where=(its("category") == "Shoes", its("price") >= 50)).where
    assert satisfies({"category": "Shoes", "price": "50.00"}, shoes)
    assert not satisfies({"category": "Shoes", "price": 49.9}, shoes)
    assert not satisfies({"price": 50}, shoes)
    assert satisfies({}, ())
