"""What holds for every case and every policy."""

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from fermata.policy import Facts, Policy, SendDecision, decide, default_policy, parse_policy
from fermata.vocabulary import Action, Channel
from tests.unit.policy import cases

DEFAULT = default_policy()
ZONES = sorted(available_timezones() - {"localtime"})
MINUTE = timedelta(minutes=1)
WINDOWS = ["always", "09:00-20:00", "22:00-06:00", "02:00-03:00", "00:00-24:00", "13:37-13:52"]
FIRST = datetime(2025, 1, 1, tzinfo=UTC)

window = st.sampled_from(WINDOWS) | st.fixed_dictionaries(
    {"mon-thu": st.sampled_from(WINDOWS), "sat": st.sampled_from(WINDOWS)}
)
cap = st.builds(
    lambda limit, period: {"limit": limit, **period},
    st.integers(1, 4),
    st.sampled_from(
        [{"per": "1d"}, {"per": "7h"}, {"per": "1d", "kind": "calendar"}, {"per": "7d", "kind": "calendar"}]
    ),
)
channel = st.fixed_dictionaries({"window": window, "caps": st.lists(cap, max_size=2), "when_capped": st.just("defer")})
policies: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"channels": st.fixed_dictionaries(dict.fromkeys(("email", "push", "sms", "ads"), channel))},
    optional={
        "cross_channel": st.just({}),
        "spacing": st.just({}),
        "holidays": st.just({}),
        "regions": st.just({}),
    },
)
spreads = st.sampled_from([None, None, timedelta(minutes=30), timedelta(hours=7)])
instants = st.integers(0, 60 * 24 * 1200).map(lambda minutes: FIRST + minutes * MINUTE)


@st.composite
def facts_anywhere(draw: st.DrawFn) -> Facts:
    """A case as the reference's cases are, in any zone at any minute."""
    case = cases.random_case(Random(draw(st.integers(0, 10**9))))  # noqa: S311 - repeatable cases, no secret
    facts = Facts.model_validate_json(json.dumps(cases.given(case)))
    zone = draw(st.sampled_from(ZONES) | st.none())
    moved = draw(instants) - facts.at
    shifted = [exposure.model_copy(update={"at": exposure.at + moved}) for exposure in facts.exposures]
    return facts.model_copy(
        update={
            "at": facts.at + moved,
            "exposures": tuple(shifted),
            "message": facts.message.model_copy(
                update={"expires_at": None, "when_capped": None, "spread_over": draw(spreads)}
            ),
            "profile": facts.profile.model_copy(update={"timezone": zone}),
            "waiting": tuple(
                each.model_copy(update={"next_eligible_at": each.next_eligible_at + moved})
                for each in facts.waiting
                if each.next_eligible_at is not None
            ),
        }
    )


def at(facts: Facts, instant: datetime) -> Facts:
    """The same case at another instant."""
    return facts.model_copy(update={"at": instant})


@settings(max_examples=80, deadline=None)
@given(facts_anywhere(), policies)
def test_the_next_eligible_time_is_itself_eligible_and_no_earlier_minute_is(
    facts: Facts, document: dict[str, Any]
) -> None:
    policy = Policy.model_validate(document)
    decision = decide(facts, policy)
    until = decision.next_eligible_at
    if until is None:
        return
    assert decide(at(facts, until), policy).action is Action.SEND
    # Every minute of the last ones, and a sample of those before: all closed.
    steps = {int((until - facts.at) / MINUTE * share / 20) for share in range(20)}
    for instant in (*(facts.at + step * MINUTE for step in steps), *(until - step * MINUTE for step in range(1, 40))):
        if facts.at <= instant < until:
            assert decide(at(facts, instant), policy).action is not Action.SEND


@settings(max_examples=100, deadline=None)
@given(facts_anywhere())
def test_deciding_is_deterministic(facts: Facts) -> None:
    again = Facts.model_validate_json(facts.model_dump_json())
    assert decide(facts, DEFAULT).to_json() == decide(again, default_policy()).to_json()


@settings(max_examples=150, deadline=None)
@given(facts_anywhere(), policies)
def test_a_deferral_always_ends(facts: Facts, document: dict[str, Any]) -> None:
    policy = Policy.model_validate(document)
    for _ in range(50):
        decision = decide(facts, policy)
        if decision.action is not Action.DEFER or decision.next_eligible_at is None:
            return
        assert decision.next_eligible_at > facts.at
        facts = at(facts, decision.next_eligible_at)
    raise AssertionError("deferred fifty times in a row")


def _opens(decision: SendDecision, facts: Facts) -> datetime:
    if decision.action is Action.SEND:
        return facts.at
    return decision.next_eligible_at or datetime.max.replace(tzinfo=UTC)


def _tightened(document: dict[str, Any], how: str) -> dict[str, Any]:
    tight: dict[str, Any] = json.loads(json.dumps(document))
    table = tight["channels"]["email"]
    if how == "narrower window":
        table["window"] = "10:00-11:00" if table["window"] == "09:00-20:00" else "never"
    elif how == "another cap":
        table["caps"].append({"limit": 1, "per": "2d"})
    elif how == "cool-down":
        table["cool_down"] = "5h"
    else:
        tight[how] = {}
    return tight


@settings(max_examples=150, deadline=None)
@given(
    facts_anywhere(),
    policies,
    st.sampled_from(["narrower window", "another cap", "cool-down", "cross_channel", "spacing", "holidays", "regions"]),
)
def test_tightening_a_rule_never_makes_a_message_earlier(facts: Facts, document: dict[str, Any], how: str) -> None:
    # What waits is left out: a fuller cap is no longer filled by the waiting message alone, so it may count less. And
    # nothing is spread: in a narrower window everybody's place is a share of a shorter time.
    message = facts.message.model_copy(update={"channels": (Channel.EMAIL,), "spread_over": None})
    case = facts.model_copy(update={"message": message, "waiting": ()})
    loose, tight = (Policy.model_validate(each) for each in (document, _tightened(document, how)))
    assert _opens(decide(case, tight), case) >= _opens(decide(case, loose), case)


@settings(max_examples=60, deadline=None)
@given(facts_anywhere())
def test_the_trace_speaks_for_every_channel_that_was_tried(facts: Facts) -> None:
    decision = decide(facts, DEFAULT)
    tried = [entry.channel for entry in decision.trace]
    assert tried[0] is facts.message.channels[0]
    if decision.action is not Action.SEND:
        assert set(facts.message.channels) <= set(tried)
    if decision.reason.value not in ("eligible", "substituted", "expired", "silent_enrichment"):
        assert decision.reason in {entry.reason for entry in decision.trace}


def test_the_instants_of_a_decision_are_in_utc() -> None:
    facts = Facts.model_validate(
        {
            "at": "2026-03-08T01:30:00-05:00",
            "message": {"key": "m", "channels": ["ads"]},
            "profile": {"do_not_disturb_until": "2026-03-08T12:00:00+02:00"},
        }
    )
    decision = json.loads(decide(facts, parse_policy("version = 1")).to_json())
    assert decision["next_eligible_at"] == "2026-03-08T10:00:00Z"
