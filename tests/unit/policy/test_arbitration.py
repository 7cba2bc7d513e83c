"""A message yields its slot to a waiting one of higher priority."""

from tests.unit.policy.situations import answer, exposure, facts, waiting

NOON = "2026-03-04T12:00:00Z"
ONE = '[channels.email]\nwindow = "always"\ncaps = [{ limit = 1, per = "1d" }]\nwhen_capped = "drop"'
TWO = ONE.replace("limit = 1", "limit = 2")
DAILY = ONE.replace('"1d"', '"1d", kind = "calendar"')


def test_the_only_slot_is_kept_for_a_higher_priority_that_comes_within_the_caps_time() -> None:
    case = facts(NOON, waiting=[waiting("email", "2026-03-04T15:00:00Z")])
    assert answer(case, ONE) == ("defer", "yields_to_priority", "email", "2026-03-05T15:00:00Z")


def test_a_waiting_message_that_is_due_counts_from_then_on() -> None:
    case = facts(NOON, waiting=[waiting("email", "2026-03-04T11:00:00Z")])
    assert answer(case, ONE)[1:] == ("yields_to_priority", "email", "2026-03-05T11:00:00Z")


def test_it_does_not_yield_where_both_have_room() -> None:
    assert answer(facts(NOON, waiting=[waiting("email", "2026-03-04T15:00:00Z")]), TWO)[0] == "send"


def test_it_does_not_yield_to_one_that_comes_after_its_own_slot_is_free_again() -> None:
    assert answer(facts(NOON, waiting=[waiting("email", "2026-03-05T12:00:00Z")]), ONE)[0] == "send"
    assert answer(facts(NOON, waiting=[waiting("email", "2026-03-05T11:59:00Z")]), ONE)[0] == "defer"


def test_it_does_not_yield_to_an_equal_or_lower_priority_or_on_another_channel() -> None:
    for other in (waiting("email", NOON, priority=50), waiting("email", NOON, priority=10), waiting("push", NOON)):
        assert answer(facts(NOON, waiting=[other]), ONE)[0] == "send"


def test_a_cap_that_is_full_without_the_waiting_one_is_a_cap() -> None:
    case = facts(NOON, exposures=[exposure("email", "2026-03-04T11:00:00Z")], waiting=[waiting("email", NOON)])
    assert answer(case, ONE)[:2] == ("drop", "frequency_capped")


def test_the_rest_of_a_slot_that_frees_goes_to_the_higher_priority_first() -> None:
    sent = [exposure("email", "2026-03-03T13:00:00Z"), exposure("email", "2026-03-04T09:00:00Z")]
    case = facts("2026-03-04T13:00:00Z", exposures=sent, waiting=[waiting("email", "2026-03-04T13:00:00Z")])
    assert answer(case, TWO) == ("defer", "yields_to_priority", "email", "2026-03-05T09:00:00Z")


def test_it_yields_the_calendar_days_slot() -> None:
    case = facts(NOON, waiting=[waiting("email", "2026-03-04T22:00:00Z")])
    assert answer(case, DAILY)[1:] == ("yields_to_priority", "email", "2026-03-05T00:00:00Z")
    assert answer(facts(NOON, waiting=[waiting("email", "2026-03-05T00:00:00Z")]), DAILY)[0] == "send"


def test_it_yields_the_visits_slot() -> None:
    case = facts(NOON, "in_app", active_session="s1", waiting=[waiting("in_app", None)])
    assert answer(case) == ("defer", "yields_to_priority", "in_app", None)
