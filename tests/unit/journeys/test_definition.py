"""A definition that cannot work is refused where it is written, with the mend."""

import pytest

from fermata.journeys import JourneyDefinition, Message, Trigger
from fermata.segments import days, did, its
from fermata.vocabulary import Channel

ADDED = Trigger("Product Added")


@pytest.mark.parametrize("name", ["email", "Phone", "first_name"])
def test_a_personal_property_is_no_key(name: str) -> None:
    with pytest.raises(ValueError, match="is personal, and a key stands in ids; name the id of an order"):
        JourneyDefinition(trigger=ADDED, key=name)


def test_a_limit_on_runs_at_once_needs_a_key() -> None:
    with pytest.raises(ValueError, match="give a key, or leave it out"):
        JourneyDefinition(trigger=ADDED, at_most_at_once=3)


def test_nobody_is_held_out_of_a_transactional_journey() -> None:
    with pytest.raises(ValueError, match="nobody is held out of what they are owed"):
        JourneyDefinition(trigger=ADDED, transactional=True, holdout=0.1)


def test_a_trigger_reads_its_condition_as_it_is_said() -> None:
    assert Trigger("Product Added", where=its("price") >= 50) == Trigger("Product Added", where=(its("price") >= 50,))
    assert Trigger("Product Added", where={"category": "Shoes"}).where == (its("category") == "Shoes",)
    with pytest.raises(ValueError, match="asks nothing of an event"):
        Trigger("Product Added", where="price > 50")  # type: ignore[arg-type]


def test_a_message_travels_as_json_with_its_segment() -> None:
    keen = did("Product Viewed", times=3, within=days(7), where={"category": "Shoes"}) & ~did("Sales Contacted")
    message = Message(key="nudge", channels=(Channel.EMAIL,), eligible=keen)
    assert Message.model_validate_json(message.model_dump_json()) == message
    before = Message(key="nudge", channels=(Channel.EMAIL,)).model_dump_json(exclude={"eligible"})
    assert Message.model_validate_json(before).eligible is None
