"""Tokens for an inbox, and the places that a stream goes on from: what is none of ours opens nothing."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from fermata.channels.inbox_place import Place
from fermata.channels.inbox_session import NO_SESSIONS, InboxSession, InboxSessions
from fermata.errors import ConfigurationError
from fermata.profiles.consent_links import ConsentLinks, UnsubscribeLink
from fermata.vocabulary import Channel, ConsentPurpose

SECRET = SecretStr("a secret of the tests' own, long enough")
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ADA = UUID("01890000-0000-7000-8000-00000000ada0")
SESSION = InboxSession(profile_id=ADA, expires_at=NOW + timedelta(hours=1))


def test_a_token_is_good_until_its_session_ends() -> None:
    sessions = InboxSessions(SECRET)
    token = sessions.token(SESSION)
    assert sessions.read(token, NOW) == SESSION
    assert sessions.read(token, SESSION.expires_at - timedelta(microseconds=1)) == SESSION
    assert sessions.read(token, SESSION.expires_at) is None


@given(place=st.integers(0, 400), letter=st.sampled_from("AZaz09-_.~é"))
def test_a_token_that_was_changed_anywhere_opens_nothing(place: int, letter: str) -> None:
    sessions = InboxSessions(SECRET)
    token = sessions.token(SESSION)
    place %= len(token)
    changed = f"{token[:place]}{letter}{token[place + 1 :]}"
    assert changed == token or sessions.read(changed, NOW) is None


@given(st.text(max_size=200))
def test_whatever_else_is_sent_opens_nothing(text: str) -> None:
    assert InboxSessions(SECRET).read(text, NOW) is None
    assert InboxSessions(SECRET).read(f"fi_{text}", NOW) is None


def test_another_secret_and_another_signed_text_of_ours_open_nothing() -> None:
    other = InboxSessions(SecretStr("another secret of the tests' own, long"))
    assert InboxSessions(SECRET).read(other.token(SESSION), NOW) is None
    stop = UnsubscribeLink(profile_id=ADA, channel=Channel.EMAIL, purpose=ConsentPurpose.MARKETING)
    link = ConsentLinks(SECRET, "https://api.example").unsubscribe_url(stop).rpartition("/")[2]
    assert InboxSessions(SECRET).read(f"fi_{link}", NOW) is None


def test_without_a_secret_there_are_no_tokens() -> None:
    with pytest.raises(ConfigurationError, match="FERMATA_SECRET_KEY"):
        NO_SESSIONS.token(SESSION)
    assert NO_SESSIONS.read(InboxSessions(SECRET).token(SESSION), NOW) is None


@given(
    profile=st.uuids(),
    mark=st.integers(0, 2**62),
    at=st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_a_place_is_read_as_it_was_written(profile: UUID, mark: int, at: datetime) -> None:
    place = Place(profile, mark, at)
    assert Place.from_text(place.to_text()) == place


@given(st.text(max_size=80) | st.from_regex(r"[0-9a-f-]{36}\.[0-9]{1,25}\.[0-9]{1,25}", fullmatch=True) | st.none())
def test_whatever_a_browser_sends_as_its_place_is_read_or_passed_over(text: str | None) -> None:
    place = Place.from_text(text)
    assert place is None or Place.from_text(place.to_text()) == place
