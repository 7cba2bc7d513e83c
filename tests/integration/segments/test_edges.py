"""Where a period begins and ends: the instant that is asked about is in, the one a whole period before it is not."""

from datetime import datetime, timedelta

import pytest

from fermata.database import Pool
from fermata.segments import Segment, days, did, first, in_journey, last, matches, was_in
from tests.integration.segments.people import Happened, Person, Run, write
from tests.people import NOON

INSTANT = timedelta(microseconds=1)
WEEK = days(7)
VIEW = "Product Viewed"


@pytest.mark.parametrize(
    ("segment", "at", "inside"),
    [
        (did(VIEW), NOON - INSTANT, False),
        (did(VIEW), NOON, True),
        (did(VIEW, within=WEEK), NOON + WEEK - INSTANT, True),
        (did(VIEW, within=WEEK), NOON + WEEK, False),
        (last(VIEW, within=WEEK), NOON + WEEK - INSTANT, True),
        (last(VIEW, within=WEEK), NOON + WEEK, False),
        (last(VIEW, before=WEEK), NOON + WEEK - INSTANT, False),
        (last(VIEW, before=WEEK), NOON + WEEK, True),
        (first(VIEW, within=WEEK), NOON + WEEK - INSTANT, True),
        (first(VIEW, within=WEEK), NOON + WEEK, False),
        (first(VIEW, before=WEEK), NOON + WEEK - INSTANT, False),
        (first(VIEW, before=WEEK), NOON + WEEK, True),
        (was_in("welcome"), NOON - INSTANT, False),
        (was_in("welcome"), NOON, True),
        (was_in("welcome", within=WEEK), NOON + WEEK - INSTANT, True),
        (was_in("welcome", within=WEEK), NOON + WEEK, False),
        (in_journey("welcome"), NOON - INSTANT, False),
        (in_journey("welcome"), NOON, True),
        (in_journey("welcome"), NOON + days(1) - INSTANT, True),
        (in_journey("welcome"), NOON + days(1), False),
    ],
    ids=lambda value: value.words if hasattr(value, "words") else None,
)
async def test_an_edge(pool: Pool, segment: Segment, at: datetime, inside: bool) -> None:
    person = Person(events=(Happened(VIEW, NOON),), runs=(Run("welcome", NOON, NOON + days(1)),))
    async with pool.acquire() as connection:
        await write(connection, person)
        assert await matches(connection, segment, person.id, at) is inside


async def test_a_day_has_24_hours_also_when_the_clocks_of_the_session_go_forward(pool: Pool) -> None:
    at = datetime.fromisoformat("2026-03-29T12:00:00+00:00")
    person = Person(events=(Happened(VIEW, at - timedelta(hours=23, minutes=30)),))
    async with pool.acquire() as connection:
        await connection.execute("SET TIME ZONE 'Europe/Paris'")
        await write(connection, person)
        assert await matches(connection, did(VIEW, within=days(1)), person.id, at)
        await connection.execute("RESET TIME ZONE")


async def test_a_run_that_was_held_out_counts_as_entered_and_never_as_active(pool: Pool) -> None:
    person = Person(runs=(Run("welcome", NOON, NOON, "holdout"),))
    async with pool.acquire() as connection:
        await write(connection, person)
        assert await matches(connection, was_in("welcome"), person.id, NOON)
        assert not await matches(connection, in_journey("welcome"), person.id, NOON)
