"""A token that differs in anything from what was given away is none of ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from fermata.errors import ConfigurationError
from fermata.signed_token import read_signed, sign

SECRET = SecretStr("s" * 32)


@given(st.binary(max_size=200))
def test_what_was_signed_is_read_again(payload: bytes) -> None:
    assert read_signed(SECRET, "Link", sign(SECRET, "Link", payload)) == payload


@given(payload=st.binary(max_size=40), data=st.data())
def test_a_token_with_another_character_anywhere_is_refused(payload: bytes, data: st.DataObject) -> None:
    token = sign(SECRET, "Link", payload)
    place = data.draw(st.integers(0, len(token)))
    other = data.draw(st.text(max_size=2))
    changed = token[:place] + other + token[place + data.draw(st.integers(0, 1)) :]
    if changed != token:
        assert read_signed(SECRET, "Link", changed) is None


@given(st.text(max_size=200))
def test_what_somebody_made_up_is_refused(token: str) -> None:
    assert read_signed(SECRET, "Link", token) is None


def test_a_token_is_good_for_one_thing_and_under_one_secret() -> None:
    token = sign(SECRET, "Link", b"payload")
    assert read_signed(SECRET, "Other", token) is None
    assert read_signed(SecretStr("t" * 32), "Link", token) is None


def test_without_a_secret_nothing_is_signed_or_read() -> None:
    with pytest.raises(ConfigurationError, match="FERMATA_SECRET_KEY"):
        sign(None, "Link", b"")
    with pytest.raises(ConfigurationError, match="FERMATA_SECRET_KEY"):
        read_signed(None, "Link", "YQ.YQ")
