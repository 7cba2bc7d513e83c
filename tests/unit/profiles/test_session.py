"""Which events are one visit."""

from datetime import UTC, datetime, timedelta

import pytest

from fermata.profiles import SESSION_GAP, Session, continued

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
BEFORE = Session("first", NOON)


def test_the_first_event_begins_a_session() -> None:
    assert continued(None, "m1", NOON) == Session("m1", NOON)


@pytest.mark.parametrize(
    ("later", "after"),
    [
        (SESSION_GAP - timedelta(microseconds=1), "first"),
        (SESSION_GAP, "m1"),
        (timedelta(days=1), "m1"),
    ],
)
def test_a_session_goes_on_while_events_are_less_than_half_an_hour_apart(later: timedelta, after: str) -> None:
    assert continued(BEFORE, "m1", NOON + later) == Session(after, NOON + later)


@pytest.mark.parametrize("earlier", [timedelta(0), timedelta(minutes=5), timedelta(days=3)])
def test_an_event_that_comes_late_changes_nothing(earlier: timedelta) -> None:
    assert continued(BEFORE, "m1", NOON - earlier) == BEFORE


def test_many_events_make_one_long_session() -> None:
    session = BEFORE
    for n in range(1, 50):
        session = continued(session, f"m{n}", NOON + n * timedelta(minutes=20))
    assert session == Session("first", NOON + 49 * timedelta(minutes=20))
