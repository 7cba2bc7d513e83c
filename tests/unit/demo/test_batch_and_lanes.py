"""How events are put into requests: within the limits of the Segment spec, each person's in order."""

from datetime import UTC, datetime

import orjson
from hypothesis import given
from hypothesis import strategies as st

from cli.demo.batch import Batch
from cli.demo.lanes import Lanes
from cli.demo.outgoing import Outgoing

NOW = datetime(2026, 11, 24, 20, 30, tzinfo=UTC)


def filled(size: int) -> Outgoing:
    return Outgoing.of({"userId": "a", "note": "x" * size})


def test_a_batch_takes_a_hundred_events() -> None:
    batch = Batch()
    while batch.takes(filled(10)):
        batch.add(filled(10))
    assert len(batch.events) == 100


@given(st.lists(st.integers(min_value=0, max_value=40_000), max_size=120))
def test_a_batch_of_acceptable_events_never_reaches_500_kb(sizes: list[int]) -> None:
    batch = Batch()
    for size in sizes:
        if batch.takes(filled(size)):
            batch.add(filled(size))
    body = batch.body(NOW)
    assert len(body) < 500_000
    assert orjson.loads(body)["batch"] == [orjson.loads(event.body) for event in batch.events]


def test_a_batch_says_when_it_was_sent() -> None:
    batch = Batch([filled(1)])
    assert orjson.loads(batch.body(NOW))["sentAt"] == "2026-11-24T20:30:00.000Z"


def test_the_halves_of_a_batch_are_the_batch() -> None:
    batch = Batch()
    for size in range(7):
        batch.add(filled(size))
    first, second = batch.halves()
    assert first.events + second.events == batch.events
    assert first.size + second.size == batch.size


def test_an_events_text_cannot_break_the_envelope() -> None:
    tricky = Outgoing.of({"userId": "SENT_AT", "note": "EVENTS"})
    assert orjson.loads(Batch([tricky, tricky]).body(NOW))["batch"][1] == {"userId": "SENT_AT", "note": "EVENTS"}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=60))
def test_events_that_share_a_name_share_a_lane_unless_a_link_is_told(people: list[tuple[int, int]]) -> None:
    lanes = Lanes(4)
    last: dict[str, int] = {}
    for person, device in people:
        names = (f"userId:{person}", f"anonymousId:{person}-{device}")
        chosen = lanes.of(names)
        lane = min(chosen)
        lanes.keep(names, lane)
        before = {last[name] for name in names if name in last}
        assert len(chosen) > 1 or before <= {lane}
        last.update(dict.fromkeys(names, lane))


def test_an_event_that_links_two_people_tells_both_lanes() -> None:
    lanes = Lanes(4)
    lanes.keep(("anonymousId:x",), 1)
    lanes.keep(("userId:u",), 3)
    assert lanes.of(("userId:u", "anonymousId:x")) == {1, 3}


def test_the_memory_of_lanes_is_bounded() -> None:
    lanes = Lanes(4, remembered=10)
    for number in range(100):
        lanes.keep((f"userId:{number}",), 2)
    assert len(lanes._lanes) == 10
