"""When a broadcast is for somebody by their own clock, and how fast it goes: properties over all zones and rates."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given
from hypothesis import strategies as st

from fermata.broadcasts import LocalTime
from fermata.broadcasts.local_time import due_at
from fermata.broadcasts.rate import MOST_AT_ONCE, page_at, read_rate
from fermata.broadcasts.whereabouts import Whereabouts

DAY = timedelta(days=1)
LEAP = timedelta(hours=1)
zones = st.sampled_from(sorted(name for name in available_timezones() if "/" in name))
instants = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it
times = st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None))


@given(starts_at=instants, wanted=times, zone=zones)
def test_it_is_the_wanted_time_on_the_persons_wall_within_a_day_or_the_clocks_have_leapt_over_it(
    starts_at: datetime, wanted: time, zone: str
) -> None:
    due = due_at(starts_at, LocalTime(wanted), (zone,))
    assert starts_at <= due <= starts_at + DAY + 2 * LEAP
    shown = due.astimezone(ZoneInfo(zone))
    if shown.time() != wanted:
        before = (due - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
        assert before.time() < wanted < shown.time() or before.date() < shown.date()


@given(starts_at=instants, wanted=times, several=st.lists(zones, min_size=2, max_size=4, unique=True))
def test_of_several_zones_it_is_never_before_the_time_has_come_in_each(
    starts_at: datetime, wanted: time, several: list[str]
) -> None:
    due = due_at(starts_at, LocalTime(wanted), tuple(several))
    assert due == max(due_at(starts_at, LocalTime(wanted), (each,)) for each in several)


@given(day=st.dates(date(2024, 1, 1), date(2027, 12, 31)), wanted=times, zone=zones)
def test_of_one_day_it_is_that_day_wherever_somebody_is(day: date, wanted: time, zone: str) -> None:
    local = LocalTime(wanted, day)
    assert local.first_anywhere is not None
    due = due_at(local.first_anywhere, local, (zone,))
    shown = due.astimezone(ZoneInfo(zone))
    assert shown.date() == day or not _has(day, zone)
    assert shown.time() == wanted or shown.time() > wanted or not _has(day, zone)


def _has(day: date, zone: str) -> bool:
    """Whether the zone has the whole of the day: a few have skipped one, or an hour of its end."""
    noon, end = (datetime.combine(day, time(hour), tzinfo=ZoneInfo(zone)) for hour in (12, 23))
    return all(at.astimezone(UTC).astimezone(ZoneInfo(zone)).date() == day for at in (noon, end))


def test_whose_day_is_half_over_is_reached_at_once_and_nobody_waits_for_the_next() -> None:
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert due_at(noon, LocalTime(time(10), date(2026, 6, 1)), ("Europe/Paris",)) == noon
    assert due_at(noon, LocalTime(time(10), date(2026, 6, 1)), ("America/New_York",)) == noon + 2 * LEAP
    assert due_at(noon, None, ("Europe/Paris",)) == noon


def test_where_somebody_is_is_found_as_the_policy_finds_it() -> None:
    utc = ("Etc/UTC",)
    assert Whereabouts("Asia/Tokyo", "Europe/Paris").zones(utc, 2026).names == ("Asia/Tokyo",)
    assert Whereabouts(None, "Europe/Paris", phone="+12125550100").zones(utc, 2026).names == ("Europe/Paris",)
    assert Whereabouts(phone="+12125550100").zones(utc, 2026).names == ("America/New_York",)
    assert len(Whereabouts(country="US").zones(utc, 2026).names) > 4
    assert Whereabouts().zones(utc, 2026) == (utc, "policy")


@given(people=st.integers(1, 1_000_000), unit=st.sampled_from(["s", "min", "h"]))
def test_a_page_is_ten_seconds_worth_at_most_and_never_nobody(people: int, unit: str) -> None:
    rate = read_rate(f"{people}/{unit}")
    page = page_at(rate)
    assert 1 <= page <= MOST_AT_ONCE
    assert page == 1 or rate.time_for(page) <= timedelta(seconds=10.001)
    assert read_rate(str(rate)) == rate
    assert page_at(None) == MOST_AT_ONCE
