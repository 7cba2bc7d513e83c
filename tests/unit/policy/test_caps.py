"""Caps: rolling and calendar, over channels, per visit, per topic, by address; and the gaps between messages."""

from datetime import timedelta

from tests.unit.policy.situations import answer, exposure, facts, instant

NOON = "2026-03-04T12:00:00Z"


def _email(caps: str, more: str = "") -> str:
    return f'[channels.email]\nwindow = "always"\nwhen_capped = "defer"\ncaps = {caps}\n{more}'


ONE_A_DAY = _email('[{ limit = 1, per = "1d" }]')
ONE_A_CALENDAR_DAY = _email('[{ limit = 1, per = "1d", kind = "calendar" }]')


def test_a_slot_frees_at_exactly_its_windows_length() -> None:
    sent = [exposure("email", "2026-03-03T12:00:00Z")]
    assert answer(facts("2026-03-04T11:59:59.999999Z", exposures=sent), ONE_A_DAY)[3] == NOON
    assert answer(facts(NOON, exposures=sent), ONE_A_DAY)[0] == "send"


def test_a_rolling_day_is_24_hours_also_when_the_clocks_change() -> None:
    sent = [exposure("email", "2026-03-28T12:00:00Z")]
    case = facts("2026-03-29T11:30:00Z", timezone="Europe/Paris", exposures=sent)
    assert answer(case, ONE_A_DAY)[3] == "2026-03-29T12:00:00Z"


def test_a_calendar_day_is_the_profiles_local_day() -> None:
    sent = [exposure("email", "2026-03-04T20:00:00Z")]
    case = facts("2026-03-04T21:00:00Z", timezone="America/New_York", exposures=sent)
    assert answer(case, ONE_A_CALENDAR_DAY) == ("defer", "frequency_capped", "email", "2026-03-05T05:00:00Z")


def test_a_calendar_day_ends_where_the_clocks_jump_over_midnight() -> None:
    sent = [exposure("email", "2026-04-23T20:00:00Z")]
    case = facts("2026-04-23T21:00:00Z", timezone="Africa/Cairo", exposures=sent)  # 24 April starts at 01:00
    assert answer(case, ONE_A_CALENDAR_DAY)[3] == "2026-04-23T22:00:00Z"


def test_a_calendar_week_starts_on_monday() -> None:
    policy = _email('[{ limit = 1, per = "7d", kind = "calendar" }]')
    case = facts("2026-03-08T12:00:00Z", exposures=[exposure("email", "2026-03-02T00:00:00Z")])
    assert answer(case, policy)[3] == "2026-03-09T00:00:00Z"
    assert answer(facts("2026-03-08T12:00:00Z", exposures=[exposure("email", "2026-03-01T23:59:00Z")]), policy)[0] == (
        "send"
    )


def test_of_several_caps_the_strictest_wins() -> None:
    policy = _email('[{ limit = 2, per = "1d" }, { limit = 3, per = "7d" }]')
    sent = [exposure("email", f"2026-03-0{day}T10:00:00Z") for day in (1, 2, 4)]
    assert answer(facts(NOON, exposures=sent), policy)[3] == "2026-03-08T10:00:00Z"


def test_channels_count_together() -> None:
    policy = '[channels.email]\nwindow="always"\ncaps=[]\nwhen_capped="defer"\n[cross_channel]'
    sent = [exposure(name, f"2026-03-04T0{hour}:00:00Z") for hour, name in enumerate(("sms", "push", "email", "push"))]
    assert answer(facts(NOON, exposures=sent), policy)[:2] == ("defer", "cross_channel_capped")
    ads = [exposure("ads", f"2026-03-04T0{hour}:00:00Z") for hour in range(6)]
    assert answer(facts(NOON, exposures=ads), policy)[0] == "send"


def test_a_cap_by_topic_counts_the_messages_own_topic() -> None:
    policy = _email('[{ limit = 1, per = "1d", by = "topic" }]')
    sent = [exposure("email", "2026-03-04T09:00:00Z", topic="shoes")]
    assert answer(facts(NOON, exposures=sent, message={"topic": "hats"}), policy)[0] == "send"
    assert answer(facts(NOON, exposures=sent, message={"topic": "shoes"}), policy)[0] == "defer"
    assert answer(facts(NOON, exposures=sent), policy)[0] == "defer"


def test_another_visit_is_another_count() -> None:
    shown = [exposure("in_app", "2026-03-04T11:50:00Z", session="s0")]
    assert answer(facts(NOON, "in_app", active_session="s1", exposures=shown))[2] == "in_app"


def test_a_visit_known_by_its_start_counts_what_came_after() -> None:
    shown = [exposure("in_app", "2026-03-04T11:50:00Z")]
    assert answer(facts(NOON, "in_app", active_session="2026-03-04T11:55:00Z", exposures=shown))[2] == "in_app"
    assert answer(facts(NOON, "in_app", active_session="2026-03-04T11:45:00Z", exposures=shown))[2] == "badge"
    assert answer(facts(NOON, "in_app", active_session="s1", exposures=shown))[2] == "badge"


def test_an_exposure_by_a_clock_that_is_ahead_takes_a_slot() -> None:
    assert answer(facts(NOON, exposures=[exposure("email", "2026-03-04T12:00:05Z")]), ONE_A_DAY)[0] == "defer"


def test_a_cool_down_keeps_two_messages_apart() -> None:
    policy = _email("[]", 'cool_down = "2h"')
    sent = [exposure("email", "2026-03-04T11:00:00Z")]
    assert answer(facts(NOON, exposures=sent), policy) == ("defer", "cool_down", "email", "2026-03-04T13:00:00Z")
    assert answer(facts("2026-03-04T13:00:00Z", exposures=sent), policy)[0] == "send"


def test_a_cool_down_over_several_channels_counts_them_all() -> None:
    policy = '[channels.email]\nwindow="always"\n[cross_channel]\ncool_down = "30m"'
    case = facts(NOON, exposures=[exposure("push", "2026-03-04T11:45:00Z")])
    assert answer(case, policy)[1:] == ("cool_down", "email", "2026-03-04T12:15:00Z")


def test_near_a_limit_the_gap_grows() -> None:
    policy = _email('[{ limit = 6, per = "1d" }]', "[spacing]")
    sent = [exposure("email", f"2026-03-04T0{hour}:00:00Z") for hour in range(10)]

    def gap(used: int) -> timedelta | None:
        until = answer(facts("2026-03-04T09:00:00Z", exposures=sent[10 - used :]), policy)[3]
        return instant(until) - instant("2026-03-04T09:00:00Z") if until else None

    assert [gap(used) for used in (2, 3, 4, 5)] == [
        None, timedelta(hours=1), timedelta(hours=2), timedelta(hours=4)
    ]  # fmt: skip


def test_the_gap_shrinks_again_when_an_exposure_leaves_the_caps_time() -> None:
    policy = _email('[{ limit = 3, per = "1d" }]', '[spacing]\nnear = 0.6\nminimum = "1h"\nfactor = 9.0')
    sent = [
        exposure("email", "2026-03-03T12:30:00Z"),
        exposure("email", "2026-03-04T05:00:00Z"),
        exposure("email", "2026-03-04T11:50:00Z"),
    ]
    assert answer(facts(NOON, exposures=sent), policy)[1:] == ("backoff", "email", "2026-03-04T12:50:00Z")


def test_a_share_of_a_cap_is_not_lost_to_binary_fractions() -> None:
    policy = _email('[{ limit = 30, per = "1d" }]', "[spacing]\nnear = 0.1")
    sent = [exposure("email", f"2026-03-04T11:{minute}:00Z") for minute in (10, 20, 30)]
    assert answer(facts(NOON, exposures=sent), policy)[:2] == ("defer", "backoff")


def test_a_huge_factor_does_not_overflow() -> None:
    policy = _email('[{ limit = 900, per = "7d" }]', "[spacing]\nnear = 0.01\nfactor = 100.0")
    sent = [exposure("email", f"2026-03-04T{hour:02}:{minute:02}:00Z") for hour in range(12) for minute in range(60)]
    assert answer(facts(NOON, exposures=sent), policy)[:2] == ("defer", "backoff")


def test_florida_counts_a_phone_number_over_all_its_profiles() -> None:
    policy = '[channels.sms]\nwindow = "always"\ncaps = []\nwhen_capped = "defer"\n[regions]'
    own = [exposure("sms", "2026-03-04T15:00:00Z")]
    others = [exposure("sms", "2026-03-04T16:00:00Z"), exposure("sms", "2026-03-04T17:00:00Z")]
    place = {"timezone": "America/New_York", "country": "US", "subdivision": "US-FL"}
    case = facts("2026-03-04T18:00:00Z", "sms", exposures=own, address_exposures=others, **place)
    assert answer(case, policy) == ("defer", "legal_capped", "sms", "2026-03-05T15:00:00Z")
    assert answer(facts("2026-03-04T18:00:00Z", "sms", exposures=own, **place), policy)[0] == "send"


def test_thousands_of_exposures_are_counted_in_no_time() -> None:
    start = instant("2026-03-03T12:00:00Z")
    sent = [exposure("email", (start + timedelta(seconds=number)).isoformat()) for number in range(5000)]
    policy = _email('[{ limit = 3, per = "1d" }]', "[spacing]")
    assert answer(facts(NOON, exposures=sent), policy)[1:] == ("frequency_capped", "email", "2026-03-04T13:23:17Z")
