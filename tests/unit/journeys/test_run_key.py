"""The key of a run: what an event carries, and what of it may stand in a workflow's id."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fermata.journeys import key_value, run_key


@pytest.mark.parametrize(
    ("value", "expected"),
    [("A-1001", "A-1001"), (1001, "1001"), (" A-1 ", "A-1"), ("", None), ("  ", None), (None, None), (True, None)],
)
def test_text_and_whole_numbers_make_a_key(value: object, expected: str | None) -> None:
    assert key_value({"order_id": value}, "order_id") == expected


@pytest.mark.parametrize("value", [12.5, ["A-1"], {"id": "A-1"}])
def test_nothing_else_makes_one(value: object) -> None:
    assert key_value({"order_id": value}, "order_id") is None


def test_a_journey_without_a_key_asks_no_property() -> None:
    assert key_value({"order_id": "A-1"}, None) is None
    assert run_key(None) == ""


@pytest.mark.parametrize("value", ["A-1001", "1001", "ticket:7", "9f1c2b04-5d7e-4c8a-b1de-0a3f", "v1.2_3"])
def test_what_looks_like_an_id_stays_readable(value: str) -> None:
    assert run_key(value) == value


@pytest.mark.parametrize(
    "value", ["ada@example.com", "ada1815@example.com", "+442071838750", "Ada Lovelace 1815", "Ada", "A/1", "1" * 65]
)
def test_what_might_be_a_persons_is_hashed(value: str) -> None:
    assert run_key(value) == run_key(value)
    assert run_key(value).startswith("~")
    assert value not in run_key(value)


@given(st.text())
def test_a_key_is_short_plain_text_whatever_the_value(value: str) -> None:
    key = run_key(value)
    assert len(key) <= 64
    assert key.isascii()
    assert "/" not in key
    assert " " not in key
