"""Regional law: legal hours, holidays, consent; where the region and the time zone were learnt."""

import pytest

from fermata.policy import decide
from fermata.policy.regional_rules import shipped_rules
from tests.unit.policy.situations import DEFAULT, answer, facts

OPEN_SMS = '[channels.sms]\nwindow = "always"\ncaps = []\n[regions]'
OPEN_EMAIL = '[channels.email]\nwindow = "always"\ncaps = []\n[holidays]'


@pytest.mark.parametrize(
    ("zone", "country", "subdivision", "at", "opens"),
    [
        ("America/New_York", "US", "NY", "2026-03-05T02:00:00Z", "2026-03-05T13:00:00Z"),  # 21:00, 08:00
        ("America/New_York", "US", "CT", "2026-03-05T01:00:00Z", "2026-03-05T14:00:00Z"),  # 20:00, 09:00
        ("America/Chicago", "US", "TX", "2026-03-08T14:00:00Z", "2026-03-08T17:00:00Z"),  # Sunday 09:00, 12:00
        ("America/Chicago", "US", "AL", "2026-03-08T15:00:00Z", "2026-03-09T13:00:00Z"),  # Sunday, Monday 08:00
        ("Europe/Paris", "FR", None, "2026-03-07T19:30:00Z", "2026-03-09T07:00:00Z"),  # Saturday 20:30, Monday 08:00
        ("Europe/Paris", "FR", None, "2026-04-04T19:00:00Z", "2026-04-07T06:00:00Z"),  # over Easter Monday
        ("Asia/Kolkata", "IN", None, "2026-03-05T04:00:00Z", "2026-03-05T04:30:00Z"),  # 09:30, 10:00
        ("Asia/Seoul", "KR", None, "2026-03-04T22:00:00Z", "2026-03-04T23:00:00Z"),  # 07:00, 08:00
        ("Europe/London", "GB", None, "2026-03-04T20:00:00Z", "2026-03-05T08:00:00Z"),  # the default's 20:00
    ],
)
def test_marketing_sms_waits_for_the_legal_hours(
    zone: str, country: str, subdivision: str | None, at: str, opens: str
) -> None:
    case = facts(at, "sms", timezone=zone, country=country, subdivision=subdivision)
    assert answer(case, OPEN_SMS) == ("defer", "legal_window", "sms", opens)


def test_every_legal_rule_names_its_source_and_how_good_it_is() -> None:
    for name, rule in shipped_rules().rules.items():
        assert rule.source, name
        assert rule.grade, name


def test_a_holiday_defers_to_the_next_day_that_is_none() -> None:
    case = facts("2026-12-25T12:00:00Z", country="GB", subdivision="ENG")
    # The 26th is a Saturday: Boxing Day, and Monday the 28th stands in for it.
    assert answer(case) == ("defer", "outside_window", "email", "2026-12-27T09:00:00Z")
    assert answer(case, OPEN_EMAIL) == ("defer", "holiday", "email", "2026-12-27T00:00:00Z")


def test_a_holiday_is_the_profiles_local_day() -> None:
    new_year_in_tokyo = facts("2025-12-31T15:00:00Z", country="JP", timezone="Asia/Tokyo")
    assert answer(new_year_in_tokyo, OPEN_EMAIL)[:2] == ("defer", "holiday")
    assert answer(facts("2025-12-31T14:59:00Z", country="JP", timezone="Asia/Tokyo"), OPEN_EMAIL)[0] == "send"


def test_a_regional_holiday_counts_where_it_is_one() -> None:
    epiphany = "2026-01-06T12:00:00Z"
    assert answer(facts(epiphany, country="DE", subdivision="BY"), OPEN_EMAIL)[1] == "holiday"
    assert answer(facts(epiphany, country="DE", subdivision="BE"), OPEN_EMAIL)[0] == "send"


def test_ads_keep_no_holidays() -> None:
    assert answer(facts("2026-12-25T12:00:00Z", "ads", country="GB"))[0] == "send"


@pytest.mark.parametrize(
    ("channel", "country", "expected"),
    [
        ("email", "US", "send"),
        ("email", "FR", "drop"),
        ("email", "NO", "drop"),
        ("email", "GB", "drop"),
        ("sms", "US", "drop"),
        ("sms", "MX", "drop"),
        ("push", "MX", "send"),
        ("push", "DE", "drop"),
    ],
)
def test_marketing_needs_an_explicit_grant_where_the_region_wants_one(
    channel: str, country: str, expected: str
) -> None:
    decided = answer(facts("2026-03-04T18:00:00Z", channel, country=country, consent={}, timezone="Etc/UTC"))
    assert decided[0] == expected
    assert expected == "send" or decided[1] == "consent_missing"


def test_the_region_comes_from_address_then_device_then_phone_number() -> None:
    phone = {"addresses": {"email": "ada@example.com", "sms": "+33612345678"}}

    def note(**profile: object) -> str | None:
        decision = decide(facts("2026-03-04T12:00:00Z", consent={}, **phone, **profile), DEFAULT)
        return next(entry.note for entry in decision.trace if entry.rule == "consent")

    assert note() == "FR (phone)"
    assert note(device_country="DE") == "DE (device)"
    assert note(device_country="DE", country="CA", subdivision="CA-ON") == "CA-ON (address)"


@pytest.mark.parametrize(
    ("profile", "zone"),
    [
        ({"timezone": "Asia/Tokyo"}, "Asia/Tokyo (profile)"),
        ({"device_timezone": "Asia/Seoul"}, "Asia/Seoul (device)"),
        ({"addresses": {"email": "a@b.example", "sms": "+33612345678"}, "country": "US"}, "Europe/Paris (phone)"),
        ({"addresses": {"email": "a@b.example"}, "country": "FR"}, "Europe/Paris (country)"),
        ({"addresses": {"email": "a@b.example"}}, "Etc/UTC (policy)"),
    ],
)
def test_the_zone_comes_from_profile_device_phone_number_country_and_then_the_policy(
    profile: dict[str, object], zone: str
) -> None:
    decision = decide(facts("2026-03-04T12:00:00Z", **{"timezone": None, **profile}), DEFAULT)
    assert decision.trace[0].zone == zone


def test_an_unknown_zone_means_what_all_candidate_zones_allow() -> None:
    """09:00 in Honolulu is 14:00 in New York: email is open from then until New York's 20:00."""
    email = '[channels.email]\ncaps = []\n[unknown_time_zone]\nfallback = ["America/New_York", "Pacific/Honolulu"]'
    case = {"timezone": None, "addresses": {"email": "a@b.example"}}
    assert answer(facts("2026-03-04T15:00:00Z", **case), email)[3] == "2026-03-04T19:00:00Z"
    assert answer(facts("2026-03-05T00:59:00Z", **case), email)[0] == "send"
    assert answer(facts("2026-03-05T01:00:00Z", **case), email)[3] == "2026-03-05T19:00:00Z"


def test_candidate_zones_that_never_meet_drop_the_message() -> None:
    email = '[channels.email]\ncaps = []\nwindow = "09:00-10:00"\n[unknown_time_zone]\nfallback = ["Asia/Tokyo", "UTC"]'
    case = facts("2026-03-04T15:00:00Z", timezone=None, addresses={"email": "a@b.example"})
    assert answer(case, email) == ("drop", "outside_window", None, None)


def test_an_unknown_zone_counts_the_fullest_calendar_day() -> None:
    email = (
        '[channels.email]\nwindow = "always"\ncaps = [{ limit = 1, per = "1d", kind = "calendar" }]\n'
        'when_capped = "defer"\n[unknown_time_zone]\nfallback = ["Etc/UTC", "Asia/Tokyo"]'
    )
    sent = [{"channel": "email", "at": "2026-03-04T16:00:00Z"}]
    case = facts("2026-03-04T20:00:00Z", timezone=None, addresses={"email": "a@b.example"}, exposures=sent)
    assert answer(case, email)[3] == "2026-03-05T15:00:00Z"
