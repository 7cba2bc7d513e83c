"""A person's clock: short for what is near, with its date for what is far."""

from datetime import UTC, datetime, timedelta

import pytest

from cli.profile.wall_clock import WallClock

NOW = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)  # a Wednesday; in Paris half past midnight on Thursday


@pytest.mark.parametrize(
    ("zone", "ago", "told"),
    [
        ("Europe/Paris", timedelta(), "00:30"),
        ("Europe/Paris", timedelta(hours=1), "Wed 23:30"),
        (None, timedelta(hours=1), "22:30"),
        (None, timedelta(days=5), "Fri 23:30"),
        (None, timedelta(days=-5), "Mon 23:30"),
        (None, timedelta(days=7), "25 Feb 2026 23:30"),
        ("Europe/Paris", timedelta(days=200), "17 Aug 2025 01:30"),
    ],
    ids=str,
)
def test_an_instant_is_told_as_the_clock_there_shows_it(zone: str | None, ago: timedelta, told: str) -> None:
    assert WallClock(zone, NOW).at(NOW - ago) == told
