"""Match keys: written as each platform wants them, of what is somebody's and may be used, and nothing else."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fermata.audiences.identifiers import GOOGLE, META, Hashing, match_keys


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("hashing", "address", "hashed"),
    [
        (META, " Ada@Example.COM ", "ada@example.com"),
        (GOOGLE, "a.d.a@gmail.com", "ada@gmail.com"),
        (GOOGLE, "a.da@googlemail.com", "ada@googlemail.com"),
        (GOOGLE, "a.da@example.com", "a.da@example.com"),
        (META, "a.da@gmail.com", "a.da@gmail.com"),
    ],
)
def test_an_email_address_is_hashed_as_the_platform_writes_it(hashing: Hashing, address: str, hashed: str) -> None:
    assert match_keys({"email": address}, None, (), hashing) == (("email", _hash(hashed)),)


def test_a_phone_number_is_digits_alone_at_meta_and_e164_at_google() -> None:
    addresses = {"sms": "020 7183 8750"}
    assert match_keys(addresses, "GB", (), META) == (("phone", _hash("442071838750")),)
    assert match_keys(addresses, "GB", (), GOOGLE) == (("phone", _hash("+442071838750")),)


def test_nobodys_mailbox_and_what_is_no_number_are_no_keys() -> None:
    assert match_keys({"email": "noreply", "sms": "12", "push": "token"}, None, (), META) == ()


def test_a_suppressed_address_is_no_key() -> None:
    addresses = {"email": "ada@example.com", "sms": "+442071838750"}
    assert [key.kind for key in match_keys(addresses, None, ("email",), META)] == ["phone"]


@given(
    st.dictionaries(st.sampled_from(["email", "sms", "push"]), st.text(max_size=40)), st.sampled_from([META, GOOGLE])
)
def test_whatever_an_address_is_only_a_hash_of_it_goes_out(addresses: dict[str, str], hashing: Hashing) -> None:
    for key in match_keys(addresses, "US", (), hashing):
        assert len(key.digest) == 64
        assert key.digest not in addresses.values()
