"""Where the fifths lie: looked at when somebody asks and the last look is old, by one process only, and kept."""

import asyncio
from datetime import timedelta

from fermata.database import Pool
from fermata.traits import fresh_borders, newest_borders, traits_of
from tests.integration.traits.people import Did, Somebody, write
from tests.people import NOON

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def customers(number: int) -> list[Somebody]:
    return [
        Somebody([Did("Order Completed", NOON - (n + 1) * DAY, {"order_id": "a", "revenue": 10 * (n + 1)})])
        for n in range(number)
    ]


async def looks(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM population_borders"))


async def test_a_look_is_an_hour_old_at_most(pool: Pool) -> None:
    await write(pool, *customers(10))
    assert await newest_borders(pool, NOON) is None
    first = await fresh_borders(pool, NOON)
    assert (first.customers, first.at) == (10, NOON)
    await write(pool, *customers(5))
    assert await fresh_borders(pool, NOON + HOUR - timedelta(seconds=1)) == first
    second = await fresh_borders(pool, NOON + HOUR)
    assert (second.customers, second.at, await looks(pool)) == (15, NOON + HOUR, 2)
    forced = await fresh_borders(pool, NOON + HOUR, anew=True)
    assert (forced, await looks(pool)) == (second, 3)


async def test_twenty_who_ask_at_once_cause_one_look(pool: Pool) -> None:
    people = customers(10)
    await write(pool, *people)
    answers = await asyncio.gather(*(traits_of(pool, [people[0].id], NOON) for _ in range(20)))
    assert await looks(pool) == 1
    assert all(answer == answers[0] for answer in answers)
    found = answers[0][people[0].id].rfm
    assert found is not None
    assert found.recency_quintile == 5


async def test_while_one_looks_others_go_on_with_the_old_look(pool: Pool) -> None:
    await write(pool, *customers(10))
    first = await fresh_borders(pool, NOON)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('fermata.traits.rfm', 0))")
        assert await fresh_borders(pool, NOON + DAY) == first
    assert (await fresh_borders(pool, NOON + DAY)).at == NOON + DAY


async def test_the_past_is_asked_by_the_fifths_of_the_past(pool: Pool) -> None:
    people = customers(10)
    await write(pool, *people)
    await fresh_borders(pool, NOON)
    then = await fresh_borders(pool, NOON - 5 * DAY)
    assert (then.customers, then.at) == (6, NOON - 5 * DAY)
    assert (await newest_borders(pool, NOON) or then).at == NOON


async def test_an_order_just_made_counts_for_its_person_at_once_against_the_last_look(pool: Pool) -> None:
    people = customers(10)
    await write(pool, *people)
    last = people[-1].id
    before = (await traits_of(pool, [last], NOON))[last].rfm
    await pool.execute(
        "INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, properties)"
        " VALUES (gen_random_uuid(), 'new', 'track', 'Order Completed', $1, $2, $2, '{\"order_id\": \"b\"}')",
        last,
        NOON,
    )
    after = (await traits_of(pool, [last], NOON))[last].rfm
    assert before is not None
    assert after is not None
    assert (before.recency_quintile, after.recency_quintile) == (1, 5)
    assert (before.frequency_quintile, after.frequency_quintile) == (1, 5)
    assert await looks(pool) == 1
