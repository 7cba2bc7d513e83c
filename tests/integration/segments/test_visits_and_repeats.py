"""How long somebody stayed, and how often they did a thing with the same value in it, asked of Postgres."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from fermata.database import Pool, new_id
from fermata.segments import Segment, days, did, explain, matches, members, minutes, read_segment, stayed
from tests.integration.segments.people import Happened, Person, write
from tests.people import NOON

VIEWED = did("Product Viewed", times=2, within=days(7), same="category")
LOOKED = stayed(minutes(3), within=days(1))
EDGE = timedelta(microseconds=1)


async def visitor(pool: Pool, *told: tuple[timedelta, str, dict[str, Any]]) -> UUID:
    """Somebody of whom these calls tell: how long ago, of which type, with which context."""
    person = Person()
    async with pool.acquire() as connection:
        await write(connection, person)
        for ago, kind, context in told:
            await connection.execute(
                "INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, context)"
                " VALUES ($1, $2, $3, 'It', $4, $5, $5, $6)",
                new_id(),
                str(new_id()),
                kind,
                person.id,
                NOON - ago,
                context,
            )
    return person.id


PAGE: dict[str, Any] = {"page": {"path": "/shoes"}}


@pytest.mark.parametrize(
    ("told", "held", "seen"),
    [
        ([(5, "page", {}), (2, "track", PAGE)], True, "the longest lasted 3 min 0 s"),
        ([(4, "page", {}), (2, "screen", {})], False, "the longest lasted 2 min 0 s"),
        ([(5, "page", {}), (2, "track", {})], False, "the longest lasted 0 min 0 s"),
        ([(40, "page", {}), (10, "page", {})], False, "the longest lasted 0 min 0 s"),
        ([(39, "page", {}), (10, "page", {})], True, "the longest lasted 29 min 0 s"),
        ([(60 * 24, "page", {}), (60 * 24 - 5, "page", {})], False, "the longest lasted 0 min 0 s"),
        ([], False, "no visit within 1 day"),
    ],
    ids=[
        "a page and a click",
        "too short",
        "a server's word is no presence",
        "half an hour of silence ends a visit",
        "a little less does not",
        "what lies before the period does not count",
        "never here",
    ],
)
async def test_a_visit_lasts_from_the_first_word_of_a_page_to_the_last(
    pool: Pool, told: list[tuple[int, str, dict[str, Any]]], held: bool, seen: str
) -> None:
    person = await visitor(pool, *((timedelta(minutes=ago), kind, context) for ago, kind, context in told))
    assert await matches(pool, LOOKED, person, NOON) is held
    assert (person in await members(pool, LOOKED, NOON)) is held
    assert (await explain(pool, LOOKED, person, NOON)).fact == seen


def views(*categories: object, at: datetime = NOON) -> Person:
    """Somebody who looked at products of these categories, a minute apart."""
    events = (
        Happened("Product Viewed", at - timedelta(minutes=number), {} if each is None else {"category": each})
        for number, each in enumerate(categories)
    )
    return Person(events=tuple(events))


@pytest.mark.parametrize(
    ("person", "held", "seen"),
    [
        (views("Shoes", "Boots", "Shoes"), True, "2 of 2 within 7 days"),
        (views("Shoes", "Boots", "Socks"), False, "1 of 2 within 7 days"),
        (views(None, None, ""), False, "none of 2 within 7 days"),
        (views(7, 7), True, "2 of 2 within 7 days"),
        (views(["Shoes"], ["Shoes"]), False, "none of 2 within 7 days"),
        (views("Shoes", "Shoes", at=NOON - days(7) + timedelta(seconds=30)), False, "1 of 2 within 7 days"),
    ],
    ids=["twice the same", "three kinds", "of no kind", "numbers", "lists are no value", "one is too long ago"],
)
async def test_so_many_must_have_the_same_value(pool: Pool, person: Person, held: bool, seen: str) -> None:
    async with pool.acquire() as connection:
        await write(connection, person)
    assert await matches(pool, VIEWED, person.id, NOON) is held
    assert (person.id in await members(pool, VIEWED, NOON)) is held
    fact = (await explain(pool, VIEWED, person.id, NOON)).fact
    assert fact is not None
    assert fact.startswith(seen)


@pytest.mark.parametrize("segment", [VIEWED, LOOKED, ~VIEWED, ~LOOKED])
def test_both_are_read_back_from_where_they_were_stored(segment: Segment) -> None:
    assert read_segment(segment.model_dump_json()) == segment


def test_both_say_themselves_in_words() -> None:
    assert str(VIEWED) == "did Product Viewed at least 2 times with the same category within 7 days"
    assert str(~VIEWED) == "did Product Viewed fewer than 2 times with the same category within 7 days"
    assert str(LOOKED) == "stayed at least 3 minutes in one visit within 1 day"
    assert str(~LOOKED) == "never stayed at least 3 minutes in one visit within 1 day"
