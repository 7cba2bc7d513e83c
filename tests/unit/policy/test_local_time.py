"""The next nine o'clock of a person, right on the nights when the clocks change and where the zone is not known."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fermata.policy.local_time import next_local

NINE = time(9)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "wanted", "zone", "weekday", "expected"),
    [
        ("2026-03-04T06:00", NINE, "Europe/Paris", None, "2026-03-04T08:00"),
        ("2026-03-04T08:00", NINE, "Europe/Paris", None, "2026-03-05T08:00"),  # strictly after
        ("2026-03-04T06:00", NINE, "Europe/Paris", 0, "2026-03-09T08:00"),
        ("2026-03-08T05:00", NINE, "America/New_York", None, "2026-03-08T13:00"),  # summer time began at 07:00Z
        ("2026-03-08T05:00", time(2, 30), "America/New_York", None, "2026-03-08T07:00"),  # leapt over: at the leap
        ("2026-11-01T04:00", time(1, 30), "America/New_York", None, "2026-11-01T05:30"),  # shown twice: the first
        ("2026-03-04T00:00", NINE, "Pacific/Kiritimati", None, "2026-03-04T19:00"),
        ("2026-03-04T00:00", NINE, "Asia/Kathmandu", None, "2026-03-04T03:15"),
    ],
)
def test_the_instant(after: str, wanted: time, zone: str, weekday: int | None, expected: str) -> None:
    assert next_local(at(after), wanted, (zone,), weekday) == at(expected)


def test_of_several_zones_the_time_has_come_in_each() -> None:
    zones = ("America/New_York", "America/Los_Angeles")
    found = next_local(at("2026-03-04T06:00"), NINE, zones)
    assert found == at("2026-03-04T17:00")
    assert all(found.astimezone(ZoneInfo(zone)).time() >= NINE for zone in zones)


@given(
    st.integers(0, 1000 * 24 * 60).map(lambda minutes: at("2025-01-01") + timedelta(minutes=minutes)),
    st.times().map(lambda value: value.replace(microsecond=0)),
    st.sampled_from(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo", "America/St_Johns"]),
)
def test_it_is_after_at_most_a_day_and_a_bit_away_and_shows_the_time_unless_the_clocks_leapt(
    after: datetime, wanted: time, zone: str
) -> None:
    found = next_local(after, wanted, (zone,))
    assert after < found <= after + timedelta(hours=25, minutes=30)
    shown = found.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    leapt = (found - timedelta(seconds=2)).astimezone(ZoneInfo(zone)).utcoffset() != found.astimezone(
        ZoneInfo(zone)
    ).utcoffset()
    assert shown.time() == wanted or leapt
