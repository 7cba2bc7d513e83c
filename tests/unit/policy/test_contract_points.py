"""How one decision comes out of several channels, point by point."""

import pytest

from fermata.policy import Facts, decide, parse_policy
from fermata.vocabulary import Channel, Reason
from tests.unit.policy.situations import DEFAULT, FREE, answer, exposure, facts, told

NOON = "2026-03-04T12:00:00Z"
TWO_EMAILS = (exposure("email", "2026-03-04T08:00:00Z"), exposure("email", "2026-03-04T09:00:00Z"))
CAPPED_EMAIL = """
[channels.email]
window = "always"
caps = [{ limit = 2, per = "1d" }]
"""


@pytest.mark.parametrize("reason", [Reason.GOAL_MET, Reason.HOLDOUT_JOURNEY, Reason.PROFILE_ERASED, Reason.DUPLICATE])
def test_a_hard_stop_drops_the_message(reason: Reason) -> None:
    assert answer(facts(stop=reason)) == ("drop", reason.value, None, None)


def test_a_paused_journey_holds_its_message() -> None:
    assert answer(facts(stop=Reason.JOURNEY_PAUSED)) == ("defer", "journey_paused", None, None)


def test_a_message_is_expired_at_the_very_instant() -> None:
    assert answer(facts(NOON, message={"expires_at": NOON}))[:2] == ("drop", "expired")
    assert answer(facts(NOON, message={"expires_at": "2026-03-04T12:00:01Z"}))[0] == "send"


def test_a_message_that_is_not_for_the_person_is_dropped_and_the_trace_tells_why() -> None:
    outside = facts(NOON, eligibility={"holds": False, "why": "no  did Product Viewed: none"})
    assert answer(outside)[:2] == ("drop", "eligibility_failed")
    [entry] = decide(outside, DEFAULT).trace
    assert (entry.rule, entry.verdict, entry.note) == ("eligibility", "never", "no  did Product Viewed: none")
    inside = facts(NOON, eligibility={"holds": True, "why": "yes  did Product Viewed: 3"})
    assert answer(inside) == answer(facts(NOON))
    assert decide(inside, DEFAULT).trace[0].note == "yes  did Product Viewed: 3"


def test_a_hard_stop_and_an_end_lead_before_whom_a_message_is_for() -> None:
    outside = {"holds": False, "why": "no"}
    assert answer(facts(NOON, eligibility=outside, stop=Reason.GOAL_MET))[1] == "goal_met"
    assert answer(facts(NOON, eligibility=outside, message={"expires_at": NOON}))[1] == "expired"


def test_the_first_open_channel_in_order_sends() -> None:
    assert answer(facts(NOON, "push", "email"))[:3] == ("send", "eligible", "push")
    assert answer(facts("2026-03-04T08:30:00Z", "email", "push"))[:3] == ("send", "eligible", "push")


def test_an_impossible_channel_gives_way_to_the_next() -> None:
    assert answer(facts(NOON, "sms", "email", suppressed=["sms"]))[:3] == ("send", "eligible", "email")


@pytest.mark.parametrize(
    ("channel", "change", "reason"),
    [
        ("email", {"addresses": {}}, "missing_address"),
        ("email", {"addresses": {"email": None}}, "missing_address"),
        ("email", {"addresses": {"email": "nonsense"}}, "invalid_address"),
        ("sms", {"addresses": {"sms": "12"}}, "invalid_address"),
        ("push", {"addresses": {}}, "no_push_token"),
        ("email", {"suppressed": ["email"]}, "suppressed_address"),
        ("email", {"consent": {"email": {"marketing": "revoked"}}}, "consent_revoked"),
        ("email", {"do_not_disturb": True}, "do_not_disturb"),
    ],
)
def test_a_message_with_no_possible_channel_drops_with_the_first_channels_reason(
    channel: str, change: dict[str, object], reason: str
) -> None:
    assert answer(facts(NOON, channel, **change)) == ("drop", reason, None, None)


def test_a_national_phone_number_is_read_in_the_profiles_country() -> None:
    case = facts(NOON, "sms", country="GB", addresses={"sms": "020 7183 8750"})
    assert answer(case)[0] == "send"


def test_a_channel_that_failed_in_this_attempt_is_not_tried_again() -> None:
    case = facts(NOON, "push", "email", blocked={"push": "provider_rejected"})
    assert answer(case)[:3] == ("send", "eligible", "email")
    assert answer(facts(NOON, blocked={"email": "provider_rejected"})) == ("drop", "provider_rejected", None, None)


def test_an_open_channel_goes_before_the_substitute_of_a_capped_one() -> None:
    assert answer(facts(NOON, "email", "push", exposures=TWO_EMAILS))[:3] == ("send", "eligible", "push")


def test_a_capped_email_becomes_an_in_app_card_that_needs_no_session() -> None:
    decision = decide(facts(NOON, exposures=TWO_EMAILS), DEFAULT)
    assert told(decision)[:3] == ("send", "substituted", "in_app")
    assert decision.instead_of is Channel.EMAIL


def test_a_capped_push_becomes_an_inbox_message() -> None:
    sent = [exposure("push", f"2026-03-04T0{hour}:00:00Z") for hour in (6, 7, 8)]
    assert answer(facts(NOON, "push", exposures=sent))[:3] == ("send", "substituted", "inbox")


def test_a_capped_sms_falls_back_to_email() -> None:
    decision = decide(facts(NOON, "sms", exposures=[exposure("sms", "2026-03-04T01:00:00Z")]), DEFAULT)
    assert told(decision)[:3] == ("send", "eligible", "email")
    assert decision.instead_of is Channel.SMS


def test_a_fallback_that_the_message_has_tried_counts_as_defer() -> None:
    case = facts("2026-03-04T20:30:00Z", "sms", "email", exposures=[exposure("sms", "2026-03-04T10:00:00Z")])
    assert answer(case) == ("defer", "outside_window", "email", "2026-03-05T09:00:00Z")


def test_a_fallback_that_is_capped_too_does_what_its_own_table_says() -> None:
    case = facts(NOON, "sms", exposures=[exposure("sms", "2026-03-04T01:00:00Z"), *TWO_EMAILS])
    assert answer(case)[:3] == ("send", "substituted", "in_app")


def test_a_fallback_that_is_closed_adds_its_time() -> None:
    case = facts("2026-03-04T20:30:00Z", "sms", exposures=[exposure("sms", "2026-03-04T19:00:00Z")])
    assert answer(case) == ("defer", "outside_window", "email", "2026-03-05T09:00:00Z")


def test_a_capped_in_app_message_becomes_a_badge() -> None:
    shown = exposure("in_app", "2026-03-04T11:50:00Z", session="s1")
    case = facts(NOON, "in_app", active_session="s1", exposures=[shown])
    assert answer(case)[:3] == ("send", "eligible", "badge")


def test_full_ads_are_cut() -> None:
    shown = [exposure("ads", f"2026-03-04T0{hour}:00:00Z") for hour in range(1, 6)]
    assert answer(facts(NOON, "ads", exposures=shown)) == ("drop", "frequency_capped", None, None)


@pytest.mark.parametrize(
    ("when_capped", "expected"),
    [
        ("drop", ("drop", "frequency_capped", None, None)),
        ("silent", ("drop", "silent_enrichment", None, None)),
        ("defer", ("defer", "frequency_capped", "email", "2026-03-05T08:00:00Z")),
        ("substitute", ("send", "substituted", "in_app", None)),
        ("fallback", ("send", "eligible", "in_app", None)),
    ],
)
def test_the_message_says_what_to_do_when_capped(when_capped: str, expected: tuple[str, ...]) -> None:
    case = facts(NOON, exposures=TWO_EMAILS, message={"when_capped": when_capped})
    assert answer(case, CAPPED_EMAIL) == expected


def test_a_substitute_that_the_table_does_not_name_counts_as_defer() -> None:
    case = facts(
        NOON, "sms", exposures=[exposure("sms", "2026-03-04T10:00:00Z")], message={"when_capped": "substitute"}
    )
    assert answer(case)[0] == "defer"


def test_closed_and_capped_is_capped_only_if_the_cap_still_stops_it_when_the_rest_opens() -> None:
    night = "2026-03-04T21:00:00Z"
    frees_at_eight = (exposure("email", "2026-03-04T08:00:00Z"), exposure("email", "2026-03-04T12:00:00Z"))
    frees_at_ten = (exposure("email", "2026-03-04T10:00:00Z"), exposure("email", "2026-03-04T12:00:00Z"))
    assert answer(facts(night, exposures=frees_at_eight))[:2] == ("defer", "outside_window")
    assert answer(facts(night, exposures=frees_at_ten))[:2] == ("send", "substituted")


def test_it_defers_to_the_earliest_of_its_channels() -> None:
    assert answer(facts("2026-03-04T23:00:00Z", "email", "push"))[2:] == ("push", "2026-03-05T08:00:00Z")


def test_on_a_tie_the_messages_order_decides() -> None:
    assert answer(facts("2026-03-04T23:00:00Z", "sms", "email"))[2] == "sms"
    assert answer(facts("2026-03-04T23:00:00Z", "email", "sms"))[2] == "email"


def test_a_time_at_or_after_the_expiry_drops() -> None:
    night = "2026-03-04T23:00:00Z"
    assert answer(facts(night, message={"expires_at": "2026-03-05T09:00:00Z"}))[:2] == ("drop", "expired")
    assert answer(facts(night, message={"expires_at": "2026-03-05T09:00:01Z"}))[0] == "defer"


def test_a_transactional_message_passes_quiet_hours_windows_holidays_and_caps() -> None:
    case = facts(
        "2026-12-25T03:00:00Z",
        "sms",
        country="GB",
        quiet_hours={"start": "22:00", "end": "07:00"},
        consent={},
        exposures=[exposure("sms", "2026-12-25T02:00:00Z")],
        message={"purpose": "transactional"},
    )
    assert answer(case)[:3] == ("send", "eligible", "sms")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"suppressed": ["email"]}, "suppressed_address"),
        ({"stop": "profile_erased"}, "profile_erased"),
        ({"consent": {"email": {"transactional": "revoked"}}}, "consent_revoked"),
    ],
)
def test_a_transactional_message_never_passes_suppression_erasure_or_a_refusal(
    change: dict[str, object], reason: str
) -> None:
    case = facts(NOON, message={"purpose": "transactional"}, **change)
    assert answer(case) == ("drop", reason, None, None)


def test_a_transactional_exposure_takes_no_marketing_slot() -> None:
    sent = [exposure("email", f"2026-03-04T0{hour}:00:00Z", purpose="transactional") for hour in (7, 8, 9)]
    assert answer(facts(NOON, exposures=sent))[0] == "send"


def test_a_policy_without_a_table_has_none_of_its_rules() -> None:
    case: Facts = facts("2026-12-25T03:00:00Z", "sms", country="FR", consent={}, exposures=TWO_EMAILS)
    assert told(decide(case, FREE))[:2] == ("send", "eligible")


def test_only_addresses_on_the_allow_list_are_reached_outside_production() -> None:
    guard = parse_policy('version = 1\n[allow_list]\naddresses = ["+442071838750"]\ndomains = ["example.org"]')
    assert told(decide(facts(NOON, "sms"), guard))[0] == "send"
    assert told(decide(facts(NOON, "email"), guard))[:2] == ("drop", "not_on_allow_list")
    assert told(decide(facts(NOON, addresses={"email": "bo@example.org"}), guard))[0] == "send"


def test_a_blocked_country_is_never_reached() -> None:
    guard = parse_policy('version = 1\n[regions]\nblocked = ["KP"]')
    assert told(decide(facts(NOON, country="KP"), guard))[:2] == ("drop", "blocked_region")
