"""What a decision tells of its way: every rule once, with what it counted, and whose place a carrier takes."""

from datetime import timedelta

import pytest

from fermata.policy import TraceEntry, decide, parse_policy
from fermata.policy.horizon import horizon
from fermata.policy.verdict import Opening
from fermata.policy.weekly_hours import Hours, WeeklyHours
from fermata.vocabulary import Channel, Reason
from tests.unit.policy.situations import DEFAULT, answer, exposure, facts, told, waiting

NOON = "2026-03-04T12:00:00Z"
ONE = '[channels.email]\nwindow = "always"\ncaps = [{ limit = 1, per = "1d" }]\nwhen_capped = "drop"'
SHOWN = exposure("in_app", "2026-03-04T11:50:00Z", session="s1")


@pytest.mark.parametrize(
    ("stop", "verdict"), [(Reason.GOAL_MET, Opening.NEVER), (Reason.JOURNEY_PAUSED, Opening.NEXT_VISIT)]
)
def test_a_hard_stop_is_the_whole_trace(stop: Reason, verdict: Opening) -> None:
    decision = decide(facts(NOON, stop=stop), DEFAULT)
    assert decision.trace == (TraceEntry(None, "hard_stop", verdict, "2026-03-04T12:00:00+00:00", reason=stop),)
    assert decision.policy == DEFAULT.version


def test_a_capped_channel_has_each_rule_in_its_trace_once() -> None:
    full = [exposure("email", f"2026-03-04T{hour}:00:00Z") for hour in ("08", "09", "10")]
    trace = decide(facts(NOON, exposures=full, message={"when_capped": "defer"}), DEFAULT).trace
    asked = [entry.rule for entry in trace if entry.local == "2026-03-04T12:00:00+00:00"]
    assert len(asked) == len(set(asked)) > 10
    [cap] = [entry for entry in trace if entry.rule == "channel_cap" and entry.verdict is Opening.LATER][:1]
    assert (cap.channel, cap.count, cap.limit, cap.note) == (Channel.EMAIL, 3, 2, "2 per 1d rolling")
    assert cap.zone == "Europe/London (profile)"


def test_a_cap_that_frees_no_slot_as_far_as_calendars_reach_makes_the_channel_impossible() -> None:
    slow = ONE.replace('"1d"', '"60d"').replace('when_capped = "drop"', 'when_capped = "defer"')
    at, sent = "2199-12-04T12:00:00Z", [exposure("email", "2199-12-04T11:00:00Z")]
    assert answer(facts(at, exposures=sent), slow) == ("drop", "frequency_capped", None, None)
    assert answer(facts(at, "email", "push", exposures=sent), slow)[:3] == ("send", "eligible", "push")


def test_what_a_visit_has_filled_waits_for_the_next_one_or_is_dropped_with_the_caps_reason() -> None:
    case = {"active_session": "s1", "exposures": [SHOWN]}
    held = decide(facts(NOON, "in_app", message={"when_capped": "defer"}, **case), DEFAULT)
    assert told(held) == ("defer", "frequency_capped", "in_app", None)
    dropped = decide(facts(NOON, "in_app", message={"when_capped": "drop"}, **case), DEFAULT)
    assert told(dropped) == ("drop", "frequency_capped", None, None)


def test_a_badge_stands_in_for_its_card_unless_badges_have_failed() -> None:
    case = {"active_session": "s1", "exposures": [SHOWN]}
    badge = decide(facts(NOON, "in_app", **case), DEFAULT)
    assert (badge.channel, badge.instead_of) == (Channel.BADGE, Channel.IN_APP)
    blocked = decide(facts(NOON, "in_app", blocked={"badge": "provider_rejected"}, **case), DEFAULT)
    assert told(blocked)[:3] == ("defer", "frequency_capped", "in_app")


def test_a_closed_fallback_says_whose_place_it_takes() -> None:
    case = facts("2026-03-04T20:30:00Z", "sms", exposures=[exposure("sms", "2026-03-04T19:00:00Z")])
    decision = decide(case, DEFAULT)
    assert (decision.channel, decision.instead_of) == (Channel.EMAIL, Channel.SMS)


def test_two_channels_that_are_each_others_fallback_and_both_capped_are_tried_once_each() -> None:
    pair = "\n".join(
        f'[channels.{name}]\nwindow = "always"\ncaps = [{{ limit = 1, per = "{per}" }}]\n'
        f'when_capped = "fallback"\nfallback = "{other}"'
        for name, other, per in (("email", "sms", "2d"), ("sms", "email", "1d"))
    )
    both = [exposure("email", "2026-03-04T11:00:00Z"), exposure("sms", "2026-03-04T11:00:00Z")]
    decision = decide(facts(NOON, exposures=both), parse_policy(f"version = 1\n{pair}"))
    assert told(decision) == ("defer", "frequency_capped", "sms", "2026-03-05T11:00:00Z")
    assert decision.instead_of is Channel.EMAIL


def test_yielding_says_what_it_counted() -> None:
    [entry] = [
        entry
        for entry in decide(
            facts(NOON, waiting=[waiting("email", "2026-03-04T15:00:00Z")]), parse_policy(f"version = 1\n{ONE}")
        ).trace
        if entry.reason is Reason.YIELDS_TO_PRIORITY
    ][:1]
    assert (entry.rule, entry.verdict, entry.count, entry.limit) == ("arbitration", Opening.LATER, 0, 1)
    assert entry.note == "1 per 1d rolling"
    [visit] = [
        entry
        for entry in decide(
            facts(NOON, "in_app", active_session="s1", waiting=[waiting("in_app", NOON)]), DEFAULT
        ).trace
        if entry.reason is Reason.YIELDS_TO_PRIORITY
    ]
    assert (visit.verdict, visit.count, visit.limit, visit.note) == (Opening.NEXT_VISIT, 0, 1, "1 per visit")


def test_one_yields_to_its_own_topic_alone_where_the_cap_counts_topics() -> None:
    by_topic = ONE.replace('per = "1d"', 'per = "1d", by = "topic"')
    for topic, action in (("sale", "defer"), (None, "defer"), ("news", "send")):
        other = waiting("email", "2026-03-04T15:00:00Z").model_copy(update={"topic": topic})
        case = facts(NOON, message={"topic": "sale"}, waiting=[other])
        assert answer(case, by_topic)[0] == action, topic


def test_a_visits_slot_is_anothers_only_once_that_one_is_due() -> None:
    later = facts(NOON, "in_app", active_session="s1", waiting=[waiting("in_app", "2026-03-04T12:00:01Z")])
    assert answer(later)[:3] == ("send", "eligible", "in_app")


@pytest.mark.parametrize(
    ("session", "shown_at", "action"),
    [
        ("s1", "2026-03-03T12:00:00Z", "send"),  # exactly a day ago: it was in another visit
        ("s1", "2026-03-03T12:00:01Z", "defer"),
    ],
)
def test_where_no_visit_is_named_the_last_day_counts(session: str, shown_at: str, action: str) -> None:
    case = facts(
        NOON,
        "in_app",
        active_session=session,
        exposures=[exposure("in_app", shown_at)],
        message={"when_capped": "defer"},
    )
    assert answer(case)[0] == action


def test_hours_of_every_day_are_those_of_seven_days() -> None:
    daily = WeeklyHours.daily(Hours(9 * 60, 10 * 60))
    assert [daily.wait(day * 1440 + 9 * 60) for day in range(7)] == [0] * 7
    assert daily.wait(6 * 1440 + 10 * 60) == 23 * 60
    assert daily.range_at(9 * 60) == Hours(9 * 60, 10 * 60)
    assert daily.range_at(10 * 60) is None


@pytest.mark.parametrize(
    ("policy", "days"),
    [
        ("", 2),
        ('[channels.email]\ncool_down = "9d"', 9),
        ('[channels.email]\ncaps = [{ limit = 3, per = "30d" }]', 31),
        ('[channels.in_app]\ncaps = [{ limit = 3, per = "visit" }]', 2),
        ('[cross_channel]\nchannels = ["email", "push"]\ncaps = [{ limit = 9, per = "20d" }]\ncool_down = "1d"', 21),
        ('[cross_channel]\nchannels = ["email", "push"]\ncool_down = "25d"', 25),
    ],
)
def test_a_ledger_reads_as_far_back_as_a_cap_or_a_cool_down_counts(policy: str, days: int) -> None:
    assert horizon(parse_policy(f"version = 1\n{policy}")) == timedelta(days=days)
