"""For any people and any segment: Postgres, the reference over plain facts, and the explanation say the same."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fermata.database import Pool
from fermata.segments import (
    Asked,
    Comparison,
    Segment,
    count,
    did,
    explain,
    matches,
    matches_each,
    members,
    read_segment,
    satisfies,
    trait,
)
from fermata.segments.scalar import is_number
from tests.integration.segments import reference
from tests.integration.segments.people import Happened, Person, write
from tests.integration.segments.random_segments import SCALARS, comparisons, documents, people, segments
from tests.people import NOON

CASES = 300


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(somebody=st.lists(people, min_size=1, max_size=4), asked=st.lists(segments, min_size=1, max_size=5))
async def test_postgres_agrees_with_the_reference_on_every_profile_whichever_way_it_is_asked(
    pool: Pool, somebody: list[Person], asked: list[Segment]
) -> None:
    async with pool.acquire() as connection:
        undone = connection.transaction()
        await undone.start()
        try:
            await write(connection, *somebody)
            for segment in asked:
                expected = {person.id: reference.holds(segment, person, NOON) for person in somebody}
                inside = tuple(sorted(person for person, holds in expected.items() if holds))
                assert await members(connection, segment, NOON) == inside, segment.words
                assert await count(connection, segment, NOON) == len(inside)
                many = [Asked(person, NOON) for person in expected]
                assert await matches_each(connection, segment, many) == tuple(expected.values())
                for person, holds in expected.items():
                    assert await matches(connection, segment, person, NOON) is holds
                    assert (await explain(connection, segment, person, NOON)).holds is holds
        finally:
            await undone.rollback()


@settings(max_examples=500, deadline=None)
@given(segment=segments)
def test_what_was_stored_is_read_back_equal(segment: Segment) -> None:
    for stored in (segment.model_dump_json(), segment.model_dump(mode="json")):
        again = read_segment(stored)
        assert again == segment
        assert hash(again) == hash(segment)
        assert again.words == segment.words


@settings(max_examples=500, deadline=None)
@given(properties=documents, where=comparisons)
def test_a_trigger_reads_an_event_as_the_reference_does(properties: dict[str, Any], where: Comparison) -> None:
    somebody = Person(events=(Happened("Product Viewed", NOON, properties),))
    expected = reference.holds(did("Product Viewed", where=where), somebody, NOON)
    assert satisfies(properties, (where,)) is expected


async def test_every_value_compares_with_every_other_in_postgres_as_in_python(pool: Pool) -> None:
    found = [*SCALARS, None, [50], {"price": 50}]
    somebody = [Person(traits={"price": value}) for value in found]
    price = trait("price")
    asked = [price == value for value in SCALARS]
    asked += [price.one_of(value, "pro", 50) for value in SCALARS]
    for number in (value for value in SCALARS if is_number(value)):
        asked += [price >= number, price > number, price <= number, price < number]
    asked += [price.is_set, ~price.is_set]
    async with pool.acquire() as connection:
        await write(connection, *somebody)
        for segment in asked:
            inside = {person.id for person in somebody if reference.holds(segment, person, NOON)}
            assert set(await members(connection, segment, NOON)) == inside, segment.words
            read = {person.id for person in somebody if satisfies(person.traits, (segment.comparison,))}
            assert read == inside, segment.words
