"""Links that speak for a person can be made by nobody but us."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from fermata.errors import ConfigurationError, NotFound
from fermata.profiles.consent_links import ConfirmLink, ConsentLinks, ExpiredLink, UnsubscribeLink
from fermata.vocabulary import Channel, ConsentPurpose

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ADA = UUID("01a20f57-0000-7000-8000-000000000001")
LINKS = ConsentLinks(SecretStr("s" * 32), "https://news.example/")
STOP = UnsubscribeLink(
    profile_id=ADA, channel=Channel.EMAIL, purpose=ConsentPurpose.MARKETING, topic="offers", decision_id=ADA
)
YES = ConfirmLink(profile_id=ADA, channel=Channel.EMAIL, purpose=ConsentPurpose.MARKETING, expires_at=NOON)


def _token(url: str) -> str:
    return url.rpartition("/")[2]


def test_a_link_leads_to_what_it_was_made_for() -> None:
    url = LINKS.unsubscribe_url(STOP)
    assert url.startswith("https://news.example/unsubscribe/")
    assert LINKS.read_unsubscribe(_token(url)) == STOP
    assert len(url) < 500, "mail clients break longer ones"


def test_a_confirmation_is_good_until_it_expires() -> None:
    token = _token(LINKS.confirm_url(YES))
    assert LINKS.read_confirm(token, NOON - timedelta(seconds=1)) == YES
    with pytest.raises(ExpiredLink, match="was good until 04 March 2026"):
        LINKS.read_confirm(token, NOON)


def test_a_link_that_withdraws_cannot_be_made_into_one_that_grants() -> None:
    with pytest.raises(NotFound):
        LINKS.read_unsubscribe(_token(LINKS.confirm_url(YES)))
    with pytest.raises(NotFound):
        LINKS.read_confirm(_token(LINKS.unsubscribe_url(STOP)), NOON - timedelta(days=1))


def test_another_secret_reads_nothing() -> None:
    other = ConsentLinks(SecretStr("t" * 32), "https://news.example")
    with pytest.raises(NotFound):
        other.read_unsubscribe(_token(LINKS.unsubscribe_url(STOP)))


@given(st.integers(0, 400), st.characters(codec="utf-8"))
def test_a_link_with_any_one_character_changed_is_refused(place: int, character: str) -> None:
    token = _token(LINKS.unsubscribe_url(STOP))
    place %= len(token) - 1  # the last one holds bits that no byte needs
    if token[place] == character:
        return
    with pytest.raises(NotFound):
        LINKS.read_unsubscribe(token[:place] + character + token[place + 1 :])


@given(st.text(max_size=200))
def test_whatever_else_comes_is_refused(token: str) -> None:
    with pytest.raises(NotFound):
        LINKS.read_unsubscribe(token)


def test_without_a_secret_every_use_says_which_setting_is_missing() -> None:
    links = ConsentLinks(None, "https://news.example")
    assert not links.usable
    with pytest.raises(ConfigurationError, match="FERMATA_SECRET_KEY is not set"):
        links.unsubscribe_url(STOP)
    with pytest.raises(ConfigurationError, match="FERMATA_SECRET_KEY is not set"):
        links.read_confirm("abc.def", NOON)
