"""Instants, spans and codes as people say them."""

from datetime import UTC, datetime, timedelta

import pytest

from fermata.vocabulary import Channel, Reason
from fermata.wording import channel_in_words, counted, local, reason_in_words, span, until

NOW = datetime(2026, 11, 24, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (12.4, "12 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (25920, "7 h 12 min"),
        (86400, "1 d"),
        (183600, "2 d 3 h"),
    ],
)
def test_a_span_has_its_two_largest_units(seconds: float, words: str) -> None:
    assert span(timedelta(seconds=seconds)) == words


def test_a_time_today_there_has_no_day_and_another_has() -> None:
    assert local(NOW + timedelta(hours=2), "Europe/Paris", NOW) == "23:30 Europe/Paris"
    assert local(NOW + timedelta(hours=3), "Europe/Paris", NOW) == "Wed 00:30 Europe/Paris"
    assert local(NOW, None, NOW) == "20:30 UTC"


def test_a_hold_says_when_it_ends_and_how_long_that_is() -> None:
    assert until(NOW + timedelta(hours=2, minutes=12), "Asia/Tokyo", NOW) == "07:42 Asia/Tokyo (in 2 h 12 min)"


def test_today_is_todays_date_where_the_person_is() -> None:
    assert local(NOW + timedelta(hours=5), "Pacific/Auckland", NOW) == "14:30 Pacific/Auckland"


def test_numbers_come_with_their_noun() -> None:
    assert [counted(number, "event") for number in (0, 1, 2193)] == ["0 events", "1 event", "2,193 events"]
    assert counted(2, "person", "people") == "2 people"


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_can_be_said(reason: Reason) -> None:
    assert "_" not in reason_in_words(reason)


def test_channels_are_written_as_people_write_them() -> None:
    assert [channel_in_words(channel) for channel in (Channel.SMS, Channel.IN_APP, Channel.EMAIL)] == [
        "SMS",
        "in-app",
        "email",
    ]
