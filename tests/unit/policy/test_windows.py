"""Windows: half-open, by weekday, across midnight, and right on the days when the clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from fermata.policy.window import parse_window
from tests.unit.policy.situations import answer, facts, instant

NEW_YORK = "America/New_York"
QUARTER = timedelta(minutes=15)
WEDNESDAY = "2026-03-04T12:00:00Z"


def _email(window: str) -> str:
    return f"[channels.email]\nwindow = {window}\ncaps = []"


def _opens(window: object, at: str, zone: str) -> str | None:
    found = parse_window(window).hours.earliest(instant(at), zone)
    return found.astimezone(ZoneInfo(zone)).isoformat() if found else None


def test_the_contracts_own_example_comes_out_exactly() -> None:
    case = facts(
        "2026-03-08T06:30:00Z",
        "push",
        "email",
        timezone=NEW_YORK,
        country="US",
        subdivision="NY",
        quiet_hours={"start": "22:00", "end": "07:00"},
        exposures=[{"channel": "email", "at": "2026-03-07T15:00:00Z"}],
        waiting=[{"message": "order", "channel": "email", "priority": 90, "next_eligible_at": "2026-03-08T13:00:00Z"}],
    )
    assert answer(case) == ("defer", "outside_window", "push", "2026-03-08T12:00:00Z")


def test_the_night_the_clocks_go_forward_keeps_nine_o_clock() -> None:
    assert _opens("09:00-12:00", "2026-03-07T20:00:00Z", NEW_YORK) == "2026-03-08T09:00:00-04:00"


def test_the_night_the_clocks_go_back_keeps_nine_o_clock() -> None:
    assert _opens("09:00-12:00", "2026-10-31T20:00:00Z", NEW_YORK) == "2026-11-01T09:00:00-05:00"


@pytest.mark.parametrize("local", ["23:00", "03:00", "22:00", "05:59"])
def test_a_window_across_midnight_is_open_on_both_sides(local: str) -> None:
    case = facts(f"2026-03-04T{local}:00Z")
    assert answer(case, _email('"22:00-06:00"'))[0] == "send"


@pytest.mark.parametrize("local", ["21:59", "06:00", "12:00"])
def test_a_window_across_midnight_is_closed_by_day(local: str) -> None:
    case = facts(f"2026-03-04T{local}:00Z")
    assert answer(case, _email('"22:00-06:00"'))[3] == "2026-03-04T22:00:00Z"


def test_a_range_belongs_to_the_day_it_starts_on() -> None:
    window = _email('{ mon = "22:00-02:00" }')
    assert answer(facts("2026-03-03T01:00:00Z"), window)[0] == "send"  # Tuesday
    assert answer(facts("2026-03-02T01:00:00Z"), window)[3] == "2026-03-02T22:00:00Z"  # Monday


def test_a_range_over_the_end_of_the_week_holds() -> None:
    window = _email('{ sun = "22:00-02:00" }')
    assert answer(facts("2026-03-02T01:59:00Z"), window)[0] == "send"
    assert answer(facts("2026-03-02T02:00:00Z"), window)[3] == "2026-03-08T22:00:00Z"


def test_a_window_is_half_open() -> None:
    window = _email('"09:00-20:00"')
    assert answer(facts("2026-03-04T09:00:00Z"), window)[0] == "send"
    assert answer(facts("2026-03-04T19:59:59.999999Z"), window)[0] == "send"
    assert answer(facts("2026-03-04T20:00:00Z"), window) == (
        "defer", "outside_window", "email", "2026-03-05T09:00:00Z"
    )  # fmt: skip


def test_several_ranges_a_day_are_all_open() -> None:
    window = _email('["09:00-12:00", "14:00-24:00"]')
    assert answer(facts("2026-03-04T12:30:00Z"), window)[3] == "2026-03-04T14:00:00Z"
    assert answer(facts("2026-03-04T23:59:00Z"), window)[0] == "send"


def test_a_window_that_is_never_open_drops() -> None:
    assert answer(facts(), _email('"never"')) == ("drop", "outside_window", None, None)


def test_a_window_inside_quiet_hours_never_opens() -> None:
    case = facts("2026-03-04T12:00:00Z", quiet_hours={"start": "22:00", "end": "07:00"})
    assert answer(case, _email('"02:00-03:00"'))[:2] in [("drop", "outside_window"), ("drop", "quiet_hours")]


def test_a_window_in_the_spring_gap_waits_for_the_next_day() -> None:
    assert _opens("02:15-02:45", "2026-03-08T05:00:00Z", NEW_YORK) == "2026-03-09T02:15:00-04:00"


def test_a_window_that_begins_in_the_spring_gap_opens_right_after_it() -> None:
    assert _opens("02:30-05:00", "2026-03-08T05:00:00Z", NEW_YORK) == "2026-03-08T03:00:00-04:00"


def test_a_window_in_the_autumn_fold_is_open_twice() -> None:
    between = "2026-11-01T05:45:00Z"  # 01:45 for the first time
    assert _opens("01:15-01:30", "2026-11-01T04:00:00Z", NEW_YORK) == "2026-11-01T01:15:00-04:00"
    assert _opens("01:15-01:30", between, NEW_YORK) == "2026-11-01T01:15:00-05:00"


def test_a_clock_that_falls_back_into_a_window_opens_it() -> None:
    assert _opens("00:30-01:10", "2026-11-01T05:50:00Z", NEW_YORK) == "2026-11-01T01:00:00-05:00"


def test_half_hour_changes_and_quarter_hour_offsets_are_right() -> None:
    assert _opens("09:00-12:00", "2026-04-04T12:00:00Z", "Australia/Lord_Howe") == "2026-04-05T09:00:00+10:30"
    assert _opens("09:00-12:00", "2026-04-04T12:00:00Z", "Asia/Kathmandu") == "2026-04-05T09:00:00+05:45"
    assert _opens("09:00-12:00", "2026-09-26T12:00:00Z", "Pacific/Chatham") == "2026-09-27T09:00:00+13:45"


def test_in_every_zone_the_opening_is_in_the_window_and_no_earlier_quarter_hour_is() -> None:
    """Over two days around the change of the clocks in most of the world, against the wall clock itself."""
    window = parse_window({"mon-sat": "22:30-01:15", "sun": ["02:00-02:30", "09:00-20:00"]}).hours
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for start in (datetime(2026, 3, 28, 13, tzinfo=UTC), datetime(2026, 10, 31, 13, tzinfo=UTC)):
            found = window.earliest(start, name)
            assert found is not None
            quarter = start
            while not _in_window(quarter.astimezone(zone)):
                quarter += QUARTER
            assert quarter - QUARTER < found <= quarter, name


def _in_window(local: datetime) -> bool:
    at = (local.weekday(), local.hour, local.minute)
    evening = at[0] <= 5 and at[1:] >= (22, 30)
    night = at[0] in (1, 2, 3, 4, 5, 6) and at[1:] < (1, 15)
    sunday = at[0] == 6 and ((2, 0) <= at[1:] < (2, 30) or (9, 0) <= at[1:] < (20, 0))
    return evening or night or sunday


def test_quiet_hours_hold_every_channel() -> None:
    case = facts("2026-03-04T23:00:00Z", "ads", quiet_hours={"start": "22:00", "end": "07:00"})
    assert answer(case) == ("defer", "quiet_hours", "ads", "2026-03-05T07:00:00Z")


def test_where_two_rules_end_at_once_the_first_in_order_is_the_reason() -> None:
    case = facts("2026-03-04T23:00:00Z", quiet_hours={"start": "22:00", "end": "09:00"})
    assert answer(case)[1] == "quiet_hours"


def test_do_not_disturb_until_is_half_open_and_then_the_window_counts() -> None:
    case = facts("2026-03-04T12:00:00Z", do_not_disturb_until="2026-03-04T15:30:00Z")
    assert answer(case) == ("defer", "do_not_disturb_until", "email", "2026-03-04T15:30:00Z")
    assert answer(facts("2026-03-04T15:30:00Z", do_not_disturb_until="2026-03-04T15:30:00Z"))[0] == "send"
    late = facts("2026-03-04T12:00:00Z", do_not_disturb_until="2026-03-04T22:00:00Z")
    assert answer(late)[1] == "outside_window"


def test_silence_until_the_year_9999_drops_instead_of_waiting_for_ever() -> None:
    case = facts(do_not_disturb_until="9999-12-31T23:59:59Z")
    assert answer(case) == ("drop", "do_not_disturb_until", None, None)


def test_in_app_waits_for_the_next_visit_with_no_instant() -> None:
    assert answer(facts(WEDNESDAY, "in_app")) == ("defer", "no_active_session", "in_app", None)
    assert answer(facts(WEDNESDAY, "in_app", active_session="s1"))[:3] == ("send", "eligible", "in_app")
