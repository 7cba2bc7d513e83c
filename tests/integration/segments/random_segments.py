"""Random people and random segments, of few words and near the edges, so that they meet."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from fermata.segments import (
    Comparison,
    Segment,
    consents,
    did,
    first,
    has_address,
    in_country,
    in_journey,
    in_time_zone,
    its,
    last,
    trait,
    was_in,
)
from fermata.vocabulary import Channel, Purpose
from tests.integration.segments.people import Happened, Person, Run
from tests.people import NOON

EVENTS = ("Product Viewed", "Order Completed")
JOURNEYS = ("cart_recovery", "welcome")
DURATIONS = (timedelta(days=1), timedelta(days=7))
NAMES = ("price", "price", "price", "plan", "a.b", ("a.b",), "list.1", "list.-1", "no'; --")
EDGE = timedelta(microseconds=1)

SCALARS = ("pro", "", "50", "50.0", "-7", "5e1", "0x1", "é", "'", 50, 50.0, 49.9, 0, 1, -7, 1e23, True, False)
scalars = st.sampled_from(SCALARS)
durations = st.sampled_from(DURATIONS)
some_durations = st.none() | durations
ages = st.sampled_from(
    [timedelta(0), -EDGE, timedelta(days=400)]
    + [length + edge for length in DURATIONS for edge in (timedelta(0), timedelta(0), EDGE, -EDGE)]
)
instants = ages.map(lambda age: NOON - age)
documents: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "price": scalars | st.none() | st.just([50]),
        "plan": scalars | st.none(),
        "a": st.fixed_dictionaries({"b": scalars}) | scalars,
        "a.b": scalars,
        "list": st.lists(scalars, max_size=3) | scalars,
        "no'; --": scalars,
    },
)


def _optional(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


people = st.builds(
    Person,
    traits=documents,
    consent=st.fixed_dictionaries(
        {}, optional={"email": st.fixed_dictionaries({"marketing": st.sampled_from(["granted", "revoked"])})}
    ),
    addresses=st.fixed_dictionaries({}, optional={"email": st.sampled_from(["a@example.com", ""])}),
    country=_optional(st.sampled_from(["FR", "DE"])),
    device_country=_optional(st.sampled_from(["FR", "DE"])),
    time_zone=_optional(st.sampled_from(["Europe/Paris", "Asia/Tokyo"])),
    device_time_zone=_optional(st.sampled_from(["Europe/Paris", "Asia/Tokyo"])),
    events=st.lists(st.builds(Happened, st.sampled_from(EVENTS), instants, documents), max_size=6).map(tuple),
    runs=st.lists(
        st.builds(
            lambda journey, started, length: Run(journey, started, started + length, "completed"),
            st.sampled_from(JOURNEYS),
            instants,
            st.sampled_from([timedelta(0), EDGE, timedelta(days=1)]),
        )
        | st.builds(lambda started: Run("cart_recovery", started), instants),
        max_size=2,
        unique_by=lambda run: run.ended_at is None or object(),  # one active run, as the schema demands
    ).map(tuple),
)


@st.composite
def _compared(draw: st.DrawFn, operand: Callable[[Any], Any]) -> Any:
    left = operand(draw(st.sampled_from(NAMES)))
    number = draw(st.sampled_from([50, 49.9, 0, -7]))
    made = draw(
        st.sampled_from(
            [
                left == draw(scalars),
                left != draw(scalars),
                left.one_of(draw(scalars), draw(scalars)),
                left >= number,
                left > number,
                left <= number,
                left < number,
                left.is_set,
                left.is_not_set,
            ]
        )
    )
    return ~made if draw(st.booleans()) else made


comparisons: st.SearchStrategy[Comparison] = _compared(its)
wheres = st.lists(comparisons, max_size=2)


@st.composite
def _occurrences(draw: st.DrawFn) -> Segment:
    which = draw(st.sampled_from([first, last]))
    before, within = sorted((draw(durations), draw(durations)))
    sides = {"before": before, "within": within}
    if before == within or draw(st.booleans()):
        del sides[draw(st.sampled_from(["before", "within"]))]
    return which(draw(st.sampled_from(EVENTS)), where=draw(wheres), **sides)


leaves: st.SearchStrategy[Segment] = st.one_of(
    st.builds(
        lambda event, times, within, where: did(event, times=times, within=within, where=where),
        st.sampled_from(EVENTS),
        st.integers(1, 3),
        some_durations,
        wheres,
    ),
    _occurrences(),
    _compared(trait),
    st.sampled_from(
        [
            consents(Channel.EMAIL, Purpose.MARKETING),
            has_address(Channel.EMAIL),
            in_country("FR"),
            in_time_zone("Europe/Paris", "Asia/Tokyo"),
            in_journey("cart_recovery"),
        ]
    ),
    st.builds(lambda journey, within: was_in(journey, within=within), st.sampled_from(JOURNEYS), some_durations),
)
segments: st.SearchStrategy[Segment] = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.builds(lambda one, other: one & other, parts, parts),
        st.builds(lambda one, other: one | other, parts, parts),
        st.builds(lambda part: ~part, parts),
    ),
    max_leaves=6,
)
