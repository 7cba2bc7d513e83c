"""What is asked of customers in SQL is what their live traits say, for any story of orders and refunds."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fermata.database import Pool
from fermata.segments import (
    Asked,
    InvalidSegment,
    Segment,
    count,
    days_since_order,
    explain,
    frequency_quintile,
    matches,
    matches_each,
    members,
    orders,
    read_segment,
    recency_quintile,
    rfm_segment,
    spent,
)
from fermata.segments.customer import NOBODY, Customer, RfmSegment
from fermata.traits import fresh_borders, traits_of
from tests.integration.segments.people import Happened, Person, write
from tests.people import NOON

DAY = timedelta(days=1)
SUMS: list[dict[str, Any]] = [
    {},
    {"revenue": 10.1, "currency": "EUR"},
    {"revenue": "20.20", "currency": "EUR", "total": 99},
    {"total": 4, "currency": "USD"},
    {"value": -3, "currency": "EUR"},
    {"products": [{"price": 2.5, "quantity": 2}, {"price": "1"}, "bent", {"quantity": 4}], "currency": "EUR"},
    {"products": []},
    {"price": 5, "quantity": 3, "currency": "EUR"},
    {"price": "5 or so", "currency": 5},
    {"revenue": True},
]
stories = st.lists(
    st.builds(
        lambda name, number, amount, days: Happened(name, NOON - days * DAY, number | amount),
        st.sampled_from(["Order Completed"] * 4 + ["Order Updated", "Order Refunded", "Order Cancelled"]),
        st.sampled_from([{}, {"order_id": ""}, {"order_id": "a"}, {"order_id": "b"}, {"order_id": 7}]),
        st.sampled_from(SUMS),
        st.sampled_from([-1, 0, 1, 2, 30]),
    ),
    max_size=6,
).map(tuple)
QUESTIONS: list[Customer] = [
    orders() >= 1, orders() == 0, orders() < 2, orders() != 1, orders().is_set,
    spent("EUR") >= 10.1, spent("EUR") == 20.2, spent("EUR") < 15, spent("EUR") == 0,
    spent("USD").is_set, ~(spent("USD") >= 4),
    days_since_order() <= 1, days_since_order() >= 30, days_since_order().is_not_set, days_since_order() != 2,
    recency_quintile() >= 4, recency_quintile().is_not_set, frequency_quintile() == 5, frequency_quintile() <= 1,
    *(rfm_segment() == name for name in RfmSegment), rfm_segment().one_of("champions", "loyal"), rfm_segment().is_set,
]  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(told=st.lists(stories, min_size=1, max_size=8))
async def test_postgres_agrees_with_the_live_traits(pool: Pool, told: list[tuple[Happened, ...]]) -> None:
    people = [Person(events=story) for story in told]
    async with pool.acquire() as connection:
        await connection.execute("DELETE FROM events; DELETE FROM profiles; DELETE FROM population_borders")
        await write(connection, *people)
        await fresh_borders(pool, NOON)
        found = await traits_of(pool, [person.id for person in people], NOON)
        known = {profile_id: document(traits.rfm) for profile_id, traits in found.items()}
        for asked in QUESTIONS:
            expected = {profile_id: asked.comparison.holds(facts) for profile_id, facts in known.items()}
            inside = tuple(sorted(profile_id for profile_id, holds in expected.items() if holds))
            assert await members(connection, asked, NOON) == inside, asked.words
            assert await count(connection, asked, NOON) == len(inside)
            many = [Asked(profile_id, NOON) for profile_id in expected]
            assert await matches_each(connection, asked, many) == tuple(expected.values()), asked.words
        one = people[0].id
        for asked in QUESTIONS[:3]:
            holds = asked.comparison.holds(known[one])
            assert await matches(connection, asked, one, NOON) is holds
            assert (await explain(connection, asked, one, NOON)).holds is holds


def document(rfm: Any) -> dict[str, Any]:
    """A customer as segments compare them."""
    if rfm is None:
        return dict(NOBODY)
    return {
        "orders": rfm.frequency,
        "spent": {money.currency: float(money.amount) for money in rfm.monetary},
        "days_since_order": rfm.days,
        "recency_quintile": rfm.recency_quintile,
        "frequency_quintile": rfm.frequency_quintile,
        "rfm_segment": rfm.segment.value if rfm.segment else None,
    }


async def test_why_is_told_with_what_was_seen(pool: Pool) -> None:
    ada = Person(events=(Happened("Order Completed", NOON - 3 * DAY, {"revenue": 10.5, "currency": "EUR"}),))
    async with pool.acquire() as connection:
        await write(connection, ada)
        asked = (orders() >= 2) & (spent("EUR") > 10) & ~(days_since_order() >= 90) & rfm_segment().is_set
        assert (await explain(connection, asked, ada.id, NOON)).text.splitlines()[1:] == [
            "  no  customer orders is at least 2: orders is 1",
            "  yes  customer spent.EUR is more than 10: spent.EUR is 10.5",
            "  yes  customer days_since_order is not at least 90: days_since_order is 3.0",
            "  no  customer rfm_segment is set: rfm_segment is not set",
        ]


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.words)
def test_what_was_stored_is_read_back_equal(asked: Segment) -> None:
    assert read_segment(asked.model_dump_json()) == asked


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ('{"path": ["height"], "operator": "is_set"}', "'height' is nothing to ask of a customer; use one of orders"),
        ('{"path": ["spent"], "operator": "is_set"}', "a sum is of one currency, 'spent.EUR'"),
        ('{"path": ["rfm_segment"], "operator": "is", "values": ["gold"]}', "'gold' is no segment of customers"),
    ],
    ids=["measure", "currency", "segment"],
)
def test_what_cannot_be_asked_is_refused_with_the_mend(stored: str, said: str) -> None:
    with pytest.raises(InvalidSegment) as refused:
        read_segment(f'{{"kind": "customer", "comparison": {stored}}}')
    assert said in str(refused.value)
