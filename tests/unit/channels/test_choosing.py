"""Which provider takes a message: by tier and weight, always the same for the same key."""

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fermata.channels import Enlisted, Roster
from fermata.channels.choosing import in_turn
from fermata.errors import ConfigurationError
from fermata.vocabulary import Channel
from tests.unit.channels.silent import Silent

_KEYS = [str(UUID(int=number)) for number in range(4000)]


def enlisted(name: str, **place: int) -> Enlisted:
    return Enlisted(Silent(name), **place)  # type: ignore[arg-type]


def first(those: list[Enlisted], key: str) -> str:
    return in_turn(those, key)[0].name


def test_weights_share_the_messages_of_a_tier() -> None:
    those = [enlisted("large", weight=3), enlisted("small", weight=1)]
    shares = Counter(first(those, key) for key in _KEYS)
    assert shares["large"] / len(_KEYS) == pytest.approx(0.75, abs=0.03)


def test_a_standby_is_asked_after_all_of_the_first_tier() -> None:
    those = [enlisted("standby", tier=2, weight=1000), enlisted("a"), enlisted("b")]
    assert {in_turn(those, key)[2].name for key in _KEYS[:50]} == {"standby"}


@given(st.text())
def test_a_key_comes_to_the_same_provider_in_whatever_order_they_are_declared(key: str) -> None:
    those = [enlisted("a"), enlisted("b", weight=5), enlisted("c", weight=2)]
    assert first(those, key) == first(those[::-1], key)


def test_one_that_leaves_moves_only_its_own_share() -> None:
    those = [enlisted("a", weight=2), enlisted("b"), enlisted("c")]
    for key in _KEYS[:500]:
        before = in_turn(those, key)
        after = in_turn([each for each in those if each.name != "b"], key)
        assert [each.name for each in before if each.name != "b"] == [each.name for each in after]


def test_a_queue_lets_out_what_the_strongest_tier_takes_together() -> None:
    roster = Roster(
        [
            Enlisted(Silent("a"), rate=100.0),
            Enlisted(Silent("b"), rate=50.0),
            Enlisted(Silent("standby"), tier=2, rate=80.0),
            Enlisted(Silent("unlimited", Channel.PUSH)),
        ]
    )
    assert dict(roster.rates) == {Channel.SMS: 150.0}


def test_two_providers_of_a_channel_cannot_have_one_name() -> None:
    with pytest.raises(ConfigurationError, match="'a'; give each its own"):
        Roster([enlisted("a"), enlisted("a")])
