"""People who are made up, and what they do."""

from datetime import UTC, datetime, timedelta

import pytest

from cli.simulate.crowd import make_crowd
from cli.simulate.event_file import PlannedCall
from cli.simulate.invented_id import invented_id
from cli.simulate.sample_event import sample_event
from fermata.errors import ConfigurationError
from fermata.journeys import JourneyDefinition, Trigger
from fermata.segments import its

START = datetime(2026, 3, 4, tzinfo=UTC)
JOURNEY = JourneyDefinition(
    trigger=Trigger("Product Added", where=(its("price") >= 500, its("category") == "Tents")),
    key="cart_id",
    goal="Order Completed",
    listens_to=("Product Viewed",),
    at_most=timedelta(days=10),
)


def test_the_same_seed_makes_up_the_same_people_and_another_seed_others() -> None:
    assert make_crowd(30, 1, START, JOURNEY, None) == make_crowd(30, 1, START, JOURNEY, None)
    assert make_crowd(30, 1, START, JOURNEY, None) != make_crowd(30, 2, START, JOURNEY, None)


def test_each_begins_within_a_week_and_does_what_the_journey_speaks_of_while_it_can() -> None:
    crowd = make_crowd(200, 1, START, JOURNEY, None)
    assert all(START <= member.enters_at < START + timedelta(days=7) for member in crowd)
    assert {member.calls[0].call["event"] for member in crowd} == {"Product Added"}
    later = [call for member in crowd for call in member.calls[1:]]
    assert {call.call["event"] for call in later} == {"Product Viewed", "Order Completed"}
    assert all(timedelta(0) < call.after <= timedelta(days=10) for call in later)
    assert len({member.zone for member in crowd}) > 10
    phones = [member.traits["phone"] for member in crowd if "phone" in member.traits]
    assert len(set(phones)) == len(phones), "caps count by the number: two people must not have one"


def test_what_was_given_is_done_sooner_or_later_and_in_part() -> None:
    given = (PlannedCall(timedelta(hours=1), {"event": "A"}), PlannedCall(timedelta(hours=3), {"event": "B"}))
    crowd = make_crowd(100, 1, START, JOURNEY, given)
    assert all(member.calls[0] == PlannedCall(timedelta(0), {"event": "A"}) for member in crowd)
    second = [member.calls[1].after for member in crowd if len(member.calls) == 2]
    assert 50 < len(second) < 90
    assert timedelta(hours=1) <= min(second) < max(second) <= timedelta(hours=4)


@pytest.mark.parametrize("number", [0, 1001])
def test_nobody_and_too_many_are_refused(number: int) -> None:
    with pytest.raises(ConfigurationError, match=f"--profiles {number} is out of range"):
        make_crowd(number, 1, START, JOURNEY, None)


def test_a_made_up_event_meets_the_condition_and_has_the_key() -> None:
    event = sample_event("Product Added", JOURNEY)
    assert all(comparison.holds(event["properties"]) for comparison in JOURNEY.trigger.where)
    assert event["properties"]["cart_id"] == "cart_id-1"
    assert sample_event("Signed Up", JourneyDefinition(trigger=Trigger("Signed Up")))["properties"] == {}


def test_an_invented_id_is_a_uuid_of_version_8_and_always_the_same() -> None:
    found = invented_id("1/ada/0")
    assert found == invented_id("1/ada/0") != invented_id("2/ada/0")
    assert (found.version, found.variant) == (8, "specified in RFC 4122")
