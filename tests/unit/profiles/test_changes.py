"""What an event changes about its person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fermata.errors import InvalidEvent
from fermata.events import IncomingEvent, parse
from fermata.profiles import Profile, Session, apply

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ADA = Profile(
    id=UUID(int=1),
    time_zone="Europe/Paris",
    country="US",
    subdivision="NY",
    locale="en-US",
    addresses={"email": "ada@example.com", "sms": "+12125550100"},
    consent={"email": {"marketing": "granted"}},
    traits={"plan": "pro", "age": 36},
    quiet_hours={"start": "22:00", "end": "07:00"},
    do_not_disturb=True,
    do_not_disturb_until=NOW,
)


def identify(traits: dict[str, Any], at: datetime = NOW, context: dict[str, Any] | None = None) -> IncomingEvent:
    payload = {"userId": "ada", "messageId": "m1", "traits": traits, "context": context, "timestamp": at.isoformat()}
    return parse(payload, received_at=NOW, kind="identify")


def identified(before: Profile, traits: dict[str, Any], context: dict[str, Any] | None = None) -> Profile:
    return replace(apply(before, identify(traits, context=context)), session=None, facts_at={})


def tracked(before: Profile, context: dict[str, Any]) -> Profile:
    payload = {"type": "track", "event": "X", "userId": "ada", "messageId": "m1", "context": context}
    return replace(apply(before, parse(payload, received_at=NOW)), session=None, facts_at={})


def test_an_event_that_says_nothing_of_its_person_changes_only_the_session() -> None:
    payload = {"type": "track", "event": "X", "userId": "ada", "messageId": "m1"}
    assert apply(ADA, parse(payload, received_at=NOW)) == replace(ADA, session=Session("m1", NOW))


def test_what_is_not_mentioned_stays() -> None:
    assert identified(ADA, {"plan": "free"}) == replace(ADA, traits={"plan": "free", "age": 36})


@pytest.mark.parametrize(
    ("traits", "column", "value"),
    [
        ({"email": None}, "addresses", {"sms": "+12125550100"}),
        ({"phone": ""}, "addresses", {"email": "ada@example.com"}),
        ({"timezone": None}, "time_zone", None),
        ({"locale": None}, "locale", None),
        ({"address": None}, "country", None),
        ({"plan": None}, "traits", {"age": 36}),
        ({"quiet_hours": None}, "quiet_hours", None),
        ({"do_not_disturb": None}, "do_not_disturb", False),
        ({"do_not_disturb_until": None}, "do_not_disturb_until", None),
    ],
)
def test_null_takes_a_value_away_but_never_a_consent(traits: dict[str, Any], column: str, value: object) -> None:
    assert getattr(identified(ADA, traits), column) == value


def test_consent_is_no_fact_of_a_profile_but_comes_from_its_log() -> None:
    said = {"email": {"transactional": "granted"}, "sms": {"marketing": "revoked"}}
    assert identified(ADA, {"consent": said}).consent == ADA.consent


def test_what_a_person_prefers_is_kept_by_name_and_as_an_order() -> None:
    after = identified(ADA, {"topics": {"offers": False, "news": True}, "preferred_channels": ["push", "email"]})
    assert (after.topics, after.preferred_channels) == ({"offers": False, "news": True}, ("push", "email"))
    later = identified(after, {"topics": {"offers": None}, "preferred_channels": None})
    assert (later.topics, later.preferred_channels) == ({"news": True}, ())


@pytest.mark.parametrize(
    ("traits", "phone"),
    [
        ({"phone": "+1 (212) 555-0100"}, "+12125550100"),
        ({"phone": "212-555-0199"}, "+12125550199"),  # ADA is in the US
        ({"phone": "020 7946 0018", "address": {"country": "GB"}}, "+442079460018"),
        ({"phone": " call me "}, "call me"),
        ({"phone": "12"}, "12"),
    ],
)
def test_one_phone_is_one_address_however_it_is_written(traits: dict[str, Any], phone: str) -> None:
    assert identified(ADA, traits).addresses["sms"] == phone


@pytest.mark.parametrize(
    ("address", "country", "subdivision"),
    [
        ({"country": "us", "state": "ca"}, "US", "CA"),
        ({"country": "US", "state": "US-TX"}, "US", "TX"),
        ({"country": "US"}, "US", None),  # an address with a country is the whole of it
        ({"country": "FR"}, "FR", None),
        ({"state": "TX"}, "US", "TX"),
        ({"country": "United States", "state": "California"}, "US", "CA"),
        ({"country": "UK", "state": "Scotland"}, "GB", "SCT"),
        ({"country": "Atlantis", "state": "California"}, None, None),
        ({"state": "Texas"}, "US", None),
        ({"country": None}, None, None),
        ({"city": "Albany"}, "US", "NY"),
    ],
)
def test_a_place_that_is_neither_code_nor_name_counts_as_unknown(
    address: dict[str, Any], country: str | None, subdivision: str | None
) -> None:
    after = identified(ADA, {"address": address})
    assert (after.country, after.subdivision) == (country, subdivision)
    assert after.traits["address"] == address


def test_any_event_tells_of_the_device_and_what_the_person_stated_is_kept_apart() -> None:
    context = {
        "timezone": "Asia/Tokyo",
        "locale": "ja-JP",
        "device": {"token": "t2"},
        "location": {"country": "jp"},
    }
    after = tracked(ADA, context)
    assert (after.time_zone, after.device_time_zone, after.device_country) == (ADA.time_zone, "Asia/Tokyo", "JP")
    assert (after.locale, after.addresses["push"]) == ("ja-JP", "t2")
    stated = identified(ADA, {"timezone": "Europe/Rome", "push_token": "t3"}, context)
    assert (stated.time_zone, stated.locale, stated.addresses["push"]) == ("Europe/Rome", "ja-JP", "t3")


def test_a_device_that_says_nothing_new_leaves_what_was_known_of_it() -> None:
    known = tracked(ADA, {"timezone": "Asia/Tokyo", "location": {"country": "JP"}})
    after = tracked(known, {"locale": "ja-JP", "location": {"country": "Nippon"}})
    assert (after.device_time_zone, after.device_country) == ("Asia/Tokyo", "JP")


said: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "email": st.sampled_from([None, "a@example.com", "b@example.com"]),
        "phone": st.sampled_from([None, "+12125550100", "+442079460018"]),
        "push_token": st.sampled_from([None, "t1", "t2"]),
        "timezone": st.sampled_from([None, "Europe/Paris", "Asia/Tokyo"]),
        "locale": st.sampled_from([None, "fr", "ja"]),
        "address": st.sampled_from([None, {"country": "US", "state": "NY"}, {"country": "US"}, {"state": "TX"}]),
        "topics": st.sampled_from([{}, {"offers": True}, {"offers": False, "news": True}, {"offers": None}]),
        "preferred_channels": st.sampled_from([None, ["email"], ["push", "email"]]),
        "quiet_hours": st.sampled_from([None, {"start": "22:00", "end": "07:00"}]),
        "do_not_disturb": st.booleans(),
        "plan": st.sampled_from([None, "pro", "free"]),
        "seats": st.integers(0, 3),
    },
)


@settings(deadline=None)
@given(traits=st.lists(said, min_size=2, max_size=4))
def test_in_whatever_order_events_come_in_the_latest_word_on_each_fact_stands(traits: list[dict[str, Any]]) -> None:
    events = [identify(each, at=NOW - timedelta(minutes=n)) for n, each in enumerate(traits)]
    outcomes = []
    for order in permutations(events):
        profile = Profile(id=UUID(int=1))
        for event in order:
            profile = apply(profile, event)
        outcomes.append(replace(profile, session=None))
    assert all(outcome == outcomes[0] for outcome in outcomes)


def test_an_older_word_that_comes_later_changes_only_what_nothing_newer_is_known_of() -> None:
    newer = apply(Profile(id=UUID(int=1)), identify({"plan": "pro", "email": None}))
    late = apply(newer, identify({"plan": "free", "email": "old@example.com", "age": 36}, at=NOW - timedelta(days=1)))
    assert (late.traits, late.addresses) == ({"plan": "pro", "age": 36}, {})


@pytest.mark.parametrize("words", [(True, False), (False, True)])
def test_of_two_words_of_one_instant_on_a_topic_the_opt_out_stands(words: tuple[bool, bool]) -> None:
    profile = Profile(id=UUID(int=1))
    for wanted in words:
        profile = apply(profile, identify({"topics": {"offers": wanted}}))
    assert profile.topics == {"offers": False}


@pytest.mark.parametrize(
    ("traits", "field"),
    [
        ({"topics": {"Special Offers": False}}, "traits.topics.Special Offers"),
        ({"topics": {"offers": "no"}}, "traits.topics.offers"),
        ({"topics": ["offers"]}, "traits.topics"),
        ({"preferred_channels": ["email", "email"]}, "traits.preferred_channels"),
        ({"preferred_channels": ["badge"]}, "traits.preferred_channels"),
        ({"preferred_channels": ["fax"]}, "traits.preferred_channels.0"),
        ({"consent": {"email": {"surveillance": "granted"}}}, "traits.consent.email.surveillance"),
    ],
)
def test_a_wish_that_cannot_be_understood_is_refused_and_not_passed_over(traits: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidEvent) as refused:
        identify(traits)
    assert refused.value.field == field


def test_a_number_is_read_again_when_the_country_becomes_known() -> None:
    unread = apply(Profile(id=UUID(int=1)), identify({"phone": "020 7946 0018"}))
    assert unread.addresses["sms"] == "020 7946 0018"
    assert apply(unread, identify({"address": {"country": "GB"}})).addresses["sms"] == "+442079460018"


def test_where_a_device_was_is_kept_apart_from_where_its_person_lives() -> None:
    location = {"city": "München", "region": "Bayern", "country": "Germany"}
    after = tracked(ADA, {"location": location})
    assert (after.country, after.subdivision, after.device_country) == (ADA.country, ADA.subdivision, "DE")
    assert after.traits["device_location"] == {"city": "München", "subdivision": "BY", "country": "DE"}
    assert "device_location" not in tracked(ADA, {"location": {"country": "FR"}}).traits
