"""The SQL of a segment: no value stands in its text, and every parameter is used."""

import re

import pytest

from fermata.segments import (
    Segment,
    compile_segment,
    consents,
    days,
    did,
    has_address,
    in_country,
    in_journey,
    in_time_zone,
    its,
    last,
    never,
    trait,
    was_in,
)
from fermata.vocabulary import Channel, Purpose
from tests.people import NOON

NAME = "needle"
SEGMENTS: list[Segment] = [
    did(NAME, times=7777, within=days(777), where={NAME: NAME, "a": 7777}),
    never(NAME, where=its(f"a.{NAME}").one_of(NAME, 7777, True)),
    last(NAME, before=days(77), within=days(777), where=its(NAME).is_set),
    (trait(NAME) >= 7777) | (trait(NAME) == NAME),
    consents(Channel.EMAIL, Purpose.MARKETING) & ~has_address(Channel.SMS),
    in_country("FR") | in_time_zone("Europe/Paris"),
    in_journey(NAME) & ~was_in(NAME, within=days(777)),
]


@pytest.mark.parametrize("segment", SEGMENTS, ids=str)
def test_no_value_stands_in_the_text(segment: Segment) -> None:
    condition = compile_segment(segment, NOON).condition
    for value in (NAME, "777", "email", "marketing", "sms", "Paris", "2026"):
        assert value not in condition


@pytest.mark.parametrize("segment", SEGMENTS, ids=str)
def test_every_parameter_is_used(segment: Segment) -> None:
    compiled = compile_segment(segment, NOON)
    used = {int(number) for number in re.findall(r"\$([0-9]+)", compiled.condition)}
    assert used == set(range(1, len(compiled.arguments) + 1))
