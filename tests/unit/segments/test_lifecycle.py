"""The lifecycle rule, at its edges."""

from datetime import timedelta

import pytest

from fermata.segments import (
    InvalidSegment,
    StageFacts,
    events_of,
    first_came_by,
    in_stage,
    latest_came_by,
    read_segment,
)
from fermata.segments import stage_of as stage
from fermata.vocabulary import LifecycleStage
from tests.people import NOON

EDGE = timedelta(microseconds=1)
DAY = timedelta(days=1)


def ordered(age: timedelta, orders: int = 1) -> LifecycleStage:
    return stage(StageFacts(orders, NOON - age, reachable=True, seen_at=NOON), NOON)


def looked(age: timedelta | None, *, reachable: bool = True) -> LifecycleStage:
    return stage(StageFacts(0, None, reachable, NOON - age if age is not None else None), NOON)


def test_who_never_ordered_is_a_visitor_a_lead_or_active() -> None:
    assert looked(DAY, reachable=False) == "visitor"
    assert looked(None) == "lead"
    assert looked(30 * DAY) == "lead"
    assert looked(30 * DAY - EDGE) == "active"


def test_who_ordered_is_a_customer_until_the_last_order_is_long_ago() -> None:
    assert ordered(timedelta(0)) == "customer"
    assert ordered(90 * DAY - EDGE) == "customer"
    assert ordered(90 * DAY - EDGE, orders=2) == "repeat_customer"
    assert ordered(90 * DAY, orders=2) == "at_risk"
    assert ordered(180 * DAY - EDGE) == "at_risk"
    assert ordered(180 * DAY) == "lapsed"


def test_the_conditions_say_themselves_and_are_stored() -> None:
    known = {
        in_stage("lapsed", "at_risk"): "is at risk or lapsed",
        ~in_stage("visitor"): "is not a visitor",
        first_came_by("email", "paid_search"): "first came by paid search or email",
        ~latest_came_by("direct"): "is not known to have latest come by direct",
    }
    for segment, words in known.items():
        assert segment.words == words
        assert read_segment(segment.model_dump_json()) == segment
    assert events_of(in_stage("lead")) == {"Order Completed"}


@pytest.mark.parametrize("wrong", [lambda: in_stage("loyal"), in_stage, lambda: first_came_by("tv"), latest_came_by])
def test_what_is_no_stage_and_no_channel_is_refused(wrong) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    with pytest.raises(InvalidSegment):
        wrong()
