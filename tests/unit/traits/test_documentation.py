"""The page on traits shows what the code does: its grid of segments, its example of lead rules, and its names."""

import re
from pathlib import Path

from fermata.segments.customer import segment_of
from fermata.traits import ModelKind, parse_lead_rules
from fermata.traits.acceptance import BY_CHANCE, FEWEST_OF_EACH, FEWEST_PEOPLE, WORST_CALIBRATION
from fermata.traits.engagement import ENGAGING

PAGE = (Path(__file__).parents[3] / "docs" / "traits.md").read_text(encoding="utf-8")


def test_the_grid_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| \*\*([\d, ]+)\*\* \| (.+) \|$", PAGE, re.MULTILINE)
    said = {(int(recency), number): name for recencies, names in rows for recency in recencies.split(", ")
            for number, name in enumerate(names.split(" | "), start=1)}  # fmt: skip
    assert said == {(r, f): segment_of(r, f).value for r in range(1, 6) for f in range(1, 6)}


def test_the_example_of_lead_rules_can_be_used() -> None:
    example = re.search(r"```toml\n(.+?)```", PAGE, re.DOTALL)
    assert example is not None
    assert set(parse_lead_rules(example[1]).rules) == {"looked_at_prices", "is_big"}


def test_every_reaction_is_named() -> None:
    assert all(f'"{name}"' in PAGE for name in ENGAGING)


def test_the_rules_of_acceptance_are_those_of_the_code() -> None:
    assert f"at least {FEWEST_PEOPLE} people" in PAGE
    assert f"{FEWEST_OF_EACH} for whom it came true" in PAGE
    assert f"p below {BY_CHANCE}" in PAGE
    assert f"at most {WORST_CALIBRATION:.2f} off" in PAGE
    assert all(f"**{kind.value.replace('_', ' ')}**" in PAGE for kind in ModelKind)
