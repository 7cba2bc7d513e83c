"""Attribution beside the published reference implementation, and by walks whose answer is plain."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fermata.analytics.attribution import Attribution, Credit, Model, Walk, removal_effects

STEPS = json.loads(Path(__file__).with_name("channel_attribution.json").read_text("utf-8"))
"""How often each step is taken in the sample data of ChannelAttribution 2.2.5, and what that finds (conv_par=0.001)."""

CHANNELS = st.sampled_from(["email", "push", "paid_search", "direct"])


def walk(*channels: str, converted: bool = True, value: float = 10.0, days: tuple[int, ...] = ()) -> Walk:
    ages = tuple(timedelta(days=each) for each in days or range(len(channels) - 1, -1, -1))
    return Walk(channels, ages, converted=converted, value=value if converted else 0.0)


def test_the_removal_effects_are_those_of_the_reference_implementation() -> None:
    steps = {(start, end): times for start, end, times in STEPS["steps"]}
    found = removal_effects(steps, start="(start)", conversion="(conversion)")
    total = sum(found.values())
    assert found.keys() == STEPS["removal_effects"].keys()
    for channel, effect in STEPS["removal_effects"].items():
        # It simulates, until its shares change by less than a thousandth.
        assert found[channel] == pytest.approx(effect, abs=0.001)
        conversions = STEPS["conversions"] * found[channel] / total
        assert conversions == pytest.approx(STEPS["total_conversions"][channel], rel=0.002, abs=0.15)


def test_the_chain_of_a_worked_example() -> None:
    attribution = Attribution()
    for each in (walk("c1", "c2", "c3"), walk("c1", converted=False), walk("c2", "c3", converted=False)):
        attribution.add(each)
    owed = attribution.credits(Model.MARKOV)
    # https://analyzecore.com/2016/08/03/attribution-model-r-part-1/ works it out by hand: 1/3, 1/3 of it without c1.
    assert {channel: credit.removal_effect for channel, credit in owed.items()} == pytest.approx(
        {"c2": 1.0, "c3": 1.0, "c1": 0.5}
    )
    assert {channel: credit.conversions for channel, credit in owed.items()} == pytest.approx(
        {"c2": 0.4, "c3": 0.4, "c1": 0.2}
    )


@pytest.mark.parametrize(
    ("model", "parts"),
    [
        (Model.FIRST, {"a": 1.0, "b": 0.0, "c": 0.0}),
        (Model.LAST, {"a": 0.0, "b": 0.0, "c": 1.0}),
        (Model.LINEAR, {"a": 0.25, "b": 0.5, "c": 0.25}),
        (Model.POSITION, {"a": 0.4, "b": 0.2, "c": 0.4}),
        (Model.TIME_DECAY, {"a": 1 / 15, "b": 6 / 15, "c": 8 / 15}),
    ],
)
def test_each_rule_divides_a_conversion(model: Model, parts: dict[str, float]) -> None:
    attribution = Attribution(half_life=timedelta(days=7))
    attribution.add(walk("a", "b", "b", "c", days=(21, 14, 7, 0)))
    assert {channel: credit.conversions for channel, credit in attribution.credits(model).items()} == pytest.approx(
        parts
    )
    assert {channel: credit.value for channel, credit in attribution.credits(model).items()} == pytest.approx(
        {channel: 10 * part for channel, part in parts.items()}
    )


@pytest.mark.parametrize("model", list(Model))
@given(
    walks=st.lists(
        st.builds(
            lambda channels, converted, value: walk(*channels, converted=converted, value=value),
            st.lists(CHANNELS, min_size=1, max_size=6),
            st.booleans(),
            st.floats(0, 1000),
        ),
        max_size=20,
    )
)
def test_the_parts_are_all_that_there_was(model: Model, walks: list[Walk]) -> None:
    attribution = Attribution()
    for each in walks:
        attribution.add(each)
    owed = attribution.credits(model)
    assert sum(credit.conversions for credit in owed.values()) == pytest.approx(attribution.conversions)
    assert sum(credit.value for credit in owed.values()) == pytest.approx(sum(each.value for each in walks))
    assert all(credit.conversions >= 0 for credit in owed.values())


def test_without_a_walk_nobody_is_owed_anything() -> None:
    assert [Attribution().credits(model) for model in Model] == [{}] * len(Model)
    assert Credit(0, 0).removal_effect is None
