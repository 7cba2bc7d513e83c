"""Spreading of sends over the time after an opening."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from fermata.policy import Facts, decide, parse_policy
from fermata.vocabulary import Action, Reason
from tests.unit.policy.situations import answer, exposure, facts, instant

OPENS = instant("2026-03-04T09:00:00Z")
NIGHT = "2026-03-04T03:00:00Z"
SPREAD = '[channels.email]\nspread_over = "1h"\n'


def _place(case: Facts, policy: str = SPREAD) -> datetime:
    """When somebody has their turn; whatever is eligible then really goes."""
    rules = parse_policy(f"version = 1\n{policy}")
    decision = decide(case, rules)
    if decision.action is Action.SEND:
        return case.at
    assert decision.next_eligible_at is not None
    assert decide(case.model_copy(update={"at": decision.next_eligible_at}), rules).action is Action.SEND
    return decision.next_eligible_at


def _person(number: int, at: str = NIGHT, **changes: Any) -> Facts:
    return facts(at, id=f"profile-{number}", **changes)


def test_a_thousand_who_waited_for_the_morning_go_evenly_over_the_hour() -> None:
    places = [_place(_person(number)) for number in range(1000)]
    assert all(timedelta(0) <= place - OPENS < timedelta(hours=1) for place in places)
    by_sixth = Counter((place - OPENS) // timedelta(minutes=10) for place in places)
    assert len(by_sixth) == 6
    assert all(120 <= count <= 220 for count in by_sixth.values()), by_sixth


def test_a_place_is_the_same_whenever_it_is_asked_and_another_one_for_another_message() -> None:
    assert _place(_person(7)) == _place(_person(7, "2026-03-03T21:00:00Z"))
    assert _place(_person(7)) - OPENS != _place(_person(7, message={"key": "other"})) - OPENS
    assert answer(_person(7), SPREAD)[:3] == ("defer", "spread_in_window", "email")


def test_whoever_comes_when_the_hour_is_over_goes_at_once() -> None:
    assert answer(_person(7, "2026-03-04T10:00:00Z"), SPREAD)[:2] == ("send", "eligible")


def test_what_opens_last_is_the_opening() -> None:
    quiet = {"start": "22:00", "end": "11:00"}
    assert 0 <= (_place(_person(7, quiet_hours=quiet)) - instant("2026-03-04T11:00:00Z")).total_seconds() < 3600


def test_the_message_has_its_own_word_before_the_channel() -> None:
    places = [_place(_person(number, message={"spread_over": "4h"})) for number in range(60)]
    assert timedelta(hours=3) < max(places) - OPENS < timedelta(hours=4)


@pytest.mark.parametrize(
    ("window", "expires_at", "end"),
    [
        ("09:00-09:20", None, "2026-03-04T09:20:00Z"),
        ("23:50-00:10", None, "2026-03-05T00:10:00Z"),
        ("09:00-20:00", "2026-03-04T09:10:00Z", "2026-03-04T09:10:00Z"),
    ],
)
def test_every_place_is_before_the_window_closes_and_before_the_message_expires(
    window: str, expires_at: str | None, end: str
) -> None:
    policy = f'{SPREAD}window = "{window}"\ncaps = []\n'
    places = [_place(_person(number, message={"expires_at": expires_at}), policy) for number in range(100)]
    assert instant(end) - timedelta(minutes=2) < max(places) < instant(end)


def test_a_place_that_a_cap_forbids_is_left_to_the_cap() -> None:
    sent = (exposure("email", "2026-03-03T14:00:00Z"),)
    policy = f'{SPREAD}caps = [{{ limit = 1, per = "1d" }}]\nwhen_capped = "defer"\n'
    assert answer(_person(7, exposures=sent), policy)[1:] == ("frequency_capped", "email", "2026-03-04T14:00:00Z")


def test_what_is_owed_and_what_never_closes_is_not_spread() -> None:
    owed = _person(7, "2026-03-04T09:00:00Z", message={"purpose": "transactional", "spread_over": "1h"})
    assert answer(owed, SPREAD)[:2] == ("send", "eligible")
    always = '[channels.email]\nspread_over = "1h"\nwindow = "always"\n'
    assert answer(_person(7), always)[:2] == ("send", "eligible")


def test_a_card_is_there_as_soon_as_its_visitor_is() -> None:
    visit = '[channels.in_app]\nspread_over = "1h"\ncaps = []\n'
    quiet = {"start": "22:00", "end": "11:00"}
    case = facts("2026-03-04T11:00:00Z", "in_app", id="profile-7", quiet_hours=quiet, active_session="s1")
    assert answer(case, visit)[:2] == ("send", "eligible")


def test_nobody_is_told_apart_without_an_id() -> None:
    assert answer(facts(NIGHT), SPREAD) == ("defer", "outside_window", "email", "2026-03-04T09:00:00Z")


@pytest.mark.parametrize(("opens", "hours"), [("2026-03-28T22:00:00Z", 9), ("2026-10-24T21:00:00Z", 11)])
def test_a_night_in_which_the_clocks_change_has_its_places_within_the_hours(opens: str, hours: int) -> None:
    policy = '[channels.email]\nspread_over = "1d"\nwindow = "22:00-08:00"\ncaps = []\n'
    before = (instant(opens) - timedelta(hours=3)).isoformat()
    places = [_place(_person(number, before), policy) - instant(opens) for number in range(200)]
    assert timedelta(0) <= min(places) < timedelta(minutes=20)
    assert timedelta(hours=hours) - timedelta(minutes=20) < max(places) < timedelta(hours=hours)


def test_the_trace_names_the_place() -> None:
    decision = decide(_person(7), parse_policy(f"version = 1\n{SPREAD}"))
    entry = next(each for each in decision.trace if each.rule == "spread" and each.reason is not None)
    assert (entry.reason, entry.until, entry.note) == (
        Reason.SPREAD_IN_WINDOW,
        decision.next_eligible_at,
        "over 1h",
    )
