"""What a payload in the Segment spec is understood to say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fermata.errors import InvalidEvent
from fermata.events import IncomingEvent, Mark, parse
from tests.unit.events.bent_payloads import IDENTIFY, OTHER_CALLS, TRACK, bent, odd_value

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def track(**more: Any) -> IncomingEvent:
    return parse({"type": "track", "userId": "ada", "event": "Product Viewed", **more}, received_at=NOW)


def at(instant: datetime) -> str:
    return instant.isoformat()


def test_a_track_call_keeps_what_it_came_with() -> None:
    event = parse(TRACK, received_at=NOW)
    assert (event.kind, event.name, event.message_id) == ("track", "Product Added", "m1")
    assert (event.user_id, event.anonymous_id) == ("ada", "device")
    assert event.properties == TRACK["properties"]
    assert event.context == TRACK["context"]
    assert (event.device.time_zone, event.device.locale, event.device.push_token) == ("Europe/Paris", "fr-FR", "t")


def test_an_identify_call_tells_known_traits_from_others() -> None:
    event = parse(IDENTIFY, received_at=NOW)
    assert (event.kind, event.name, event.user_id) == ("identify", "Identified", "42")
    assert event.traits.email == "ada@example.com"
    assert event.other_traits == {"plan": "pro", "address": {"country": "US", "state": "NY"}}


def test_the_traits_of_an_identify_call_may_stand_in_its_context() -> None:
    def identified(traits: object, in_context: object) -> IncomingEvent:
        payload = {"userId": "ada", "traits": traits, "context": {"traits": in_context}}
        return parse(payload, received_at=NOW, kind="identify")

    assert identified(None, {"email": "ada@example.com", "plan": "pro"}).traits.email == "ada@example.com"
    assert identified(None, {"plan": "pro"}).other_traits == {"plan": "pro"}
    assert identified({"plan": "free"}, {"plan": "pro"}).other_traits == {"plan": "free"}
    with pytest.raises(InvalidEvent, match="must be an object"):
        identified(None, "pro")


@pytest.mark.parametrize(
    ("given_id", "understood"),
    [(42, "42"), (42.0, "42"), (4.5, "4.5"), (-7, "-7"), (2**53, str(2**53)), (" ada ", "ada"), ("07", "07")],
)
def test_ids_may_be_numbers_and_become_text(given_id: object, understood: str) -> None:
    assert track(userId=given_id).user_id == understood


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_a_blank_id_is_none(blank: object) -> None:
    event = track(anonymousId=blank, messageId=blank)
    assert event.anonymous_id is None
    assert event.message_id.startswith("fermata-")


@pytest.mark.parametrize("nothing", [{}, {"userId": None}, {"userId": "", "anonymousId": " "}])
def test_an_event_of_nobody_is_refused(nothing: dict[str, Any]) -> None:
    with pytest.raises(InvalidEvent, match="event_no_identity") as refusal:
        parse({"type": "track", "event": "Product Viewed", **nothing}, received_at=NOW)
    assert refusal.value.field == "userId"


def test_without_a_time_an_event_occurred_when_it_came_in() -> None:
    assert track().occurred_at == NOW


def test_without_sent_at_the_senders_time_is_believed() -> None:
    assert track(timestamp="2026-03-10T12:30:00+01:00").occurred_at == NOW - timedelta(minutes=30)


@pytest.mark.parametrize(
    "times",
    [
        {"timestamp": at(NOW + timedelta(days=1))},
        {"timestamp": at(NOW), "sentAt": at(NOW - timedelta(days=1))},
        {"timestamp": at(NOW + timedelta(seconds=1)), "originalTimestamp": at(NOW)},
    ],
)
def test_a_time_in_the_future_becomes_the_present_and_is_marked(times: dict[str, str]) -> None:
    event = track(**times)
    assert event.occurred_at == NOW
    assert event.marks == {Mark.CLAMPED_FROM_FUTURE}
    assert track(timestamp=at(NOW)).marks == frozenset()


@pytest.mark.parametrize("skew", [timedelta(days=-400), timedelta(0), timedelta(hours=5)])
@pytest.mark.parametrize("field", ["timestamp", "originalTimestamp"])
def test_sent_at_corrects_the_senders_clock(skew: timedelta, field: str) -> None:
    theirs = NOW + skew
    event = track(**{field: at(theirs - timedelta(minutes=7)), "sentAt": at(theirs)})
    assert event.occurred_at == NOW - timedelta(minutes=7)


def test_a_time_that_a_forwarder_has_corrected_is_not_corrected_again() -> None:
    forwarded = track(
        timestamp=at(NOW - timedelta(minutes=3)),
        originalTimestamp=at(NOW - timedelta(days=9)),
        sentAt=at(NOW - timedelta(days=9)),
    )
    assert forwarded.occurred_at == NOW - timedelta(minutes=3)


def test_a_message_with_a_time_but_no_id_has_the_same_id_whenever_it_is_sent() -> None:
    payload = {"type": "track", "userId": "ada", "event": "X", "timestamp": at(NOW)}
    first = parse(payload | {"sentAt": at(NOW)}, received_at=NOW)
    later = NOW + timedelta(minutes=1)
    again = parse(payload | {"sentAt": at(later)}, received_at=later, position=5)
    other = parse(payload | {"properties": {"n": 2}}, received_at=NOW)
    assert first.message_id == again.message_id != other.message_id


def test_messages_with_neither_time_nor_id_are_told_apart_by_their_place_and_request() -> None:
    payload = {"type": "track", "userId": "ada", "event": "X"}
    ids = {
        parse(payload, received_at=when, position=place).message_id
        for when in (NOW, NOW + timedelta(seconds=1))
        for place in (0, 1)
    }
    assert len(ids) == 4


def test_unknown_fields_are_let_in_and_blank_ones_count_as_absent() -> None:
    event = track(integrations={"All": True}, context={"timezone": "", "device": None, "campaign": {"source": "mail"}})
    assert event.device.time_zone is None
    assert event.context["campaign"] == {"source": "mail"}


def test_the_endpoint_names_the_call_and_a_call_of_another_kind_is_refused_there() -> None:
    assert parse({"userId": "ada"}, received_at=NOW, kind="identify").kind == "identify"
    with pytest.raises(InvalidEvent, match="endpoint of track") as refusal:
        parse({"type": "identify", "userId": "ada"}, received_at=NOW, kind="track")
    assert refusal.value.field == "type"


def test_an_error_names_the_value_and_the_mend() -> None:
    with pytest.raises(InvalidEvent, match=r"'2026-03-08T06:30:00' names no offset.*'2026-03-08T06:30:00Z'"):
        track(timestamp="2026-03-08T06:30:00")


@settings(max_examples=500, deadline=None)
@given(payload=st.one_of(*map(bent, (TRACK, IDENTIFY, *OTHER_CALLS))) | odd_value, place=st.integers(0, 2))
def test_whatever_comes_is_understood_or_refused_and_never_dated_in_the_future(payload: object, place: int) -> None:
    try:
        event = parse(payload, received_at=NOW, position=place)
    except InvalidEvent:
        return
    assert event.occurred_at <= NOW
    assert event.user_id or event.anonymous_id or event.names
    assert 0 < len(event.message_id) <= 255
