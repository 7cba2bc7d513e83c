"""Fifths of a population and the names of customers: even, fair to equals, and in the grid that marketers know."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fermata.segments.customer import RfmSegment, segment_of
from fermata.traits.purchases import Purchases, purchases
from fermata.traits.quintiles import borders, quintile
from fermata.traits.rfm import RfmBorders, borders_of, customer_of, rfm
from tests.people import NOON
from tests.unit.traits.occurrences import DAY, ordered


def test_ten_values_lie_in_fifths_of_two() -> None:
    ends = borders(range(1, 11))
    assert ends == (2, 4, 6, 8)
    assert [quintile(value, ends) for value in range(1, 11)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


@given(values=st.sets(st.integers(), min_size=5))
def test_distinct_values_fill_the_fifths_to_within_one(values: set[int]) -> None:
    ends = borders(values)
    sizes = Counter(quintile(value, ends) for value in values)
    assert set(sizes) == {1, 2, 3, 4, 5}
    assert max(sizes.values()) - min(sizes.values()) <= 1


@given(values=st.lists(st.integers(0, 5), min_size=5), data=st.data())
def test_equals_are_treated_alike_and_more_is_never_less(values: list[int], data: st.DataObject) -> None:
    ends = borders(values)
    assert borders(data.draw(st.permutations(values))) == ends
    fifths = [quintile(value, ends) for value in sorted(values)]
    assert fifths == sorted(fifths)
    assert all(1 <= fifth <= 5 for fifth in fifths)


def test_where_most_bought_once_they_share_the_lowest_fifth() -> None:
    ends = borders([1] * 85 + [2] * 10 + [3] * 5)
    assert [quintile(orders, ends) for orders in (1, 2, 3)] == [1, 5, 5]


def test_fewer_than_five_people_have_no_fifths() -> None:
    assert borders([1, 2, 3, 4]) == ()


def test_every_cell_of_the_grid_has_a_name_and_every_name_a_cell() -> None:
    named = Counter(segment_of(recency, frequency) for recency in range(1, 6) for frequency in range(1, 6))
    assert set(named) == set(RfmSegment)
    assert named.total() == 25


@pytest.mark.parametrize(
    ("recency", "frequency", "name"),
    [(5, 5, "champions"), (5, 1, "new customers"), (4, 1, "promising"), (3, 3, "need attention"), (3, 5, "loyal"),
     (2, 3, "at risk"), (1, 5, "cannot lose them"), (1, 1, "hibernating"), (3, 1, "about to sleep"),
     (4, 3, "potential loyalists")],
)  # fmt: skip
def test_a_cell_has_the_name_that_marketers_give_it(recency: int, frequency: int, name: str) -> None:
    assert segment_of(recency, frequency) == name


def fifths(people: Iterable[Purchases]) -> RfmBorders:
    return borders_of([customer for each in people if (customer := customer_of(each)) is not None], NOON)


def customer(orders: int, last_days_ago: float, each: float) -> Purchases:
    return purchases([ordered(last_days_ago + 30 * n, f"{n}", each) for n in range(orders)])


def test_a_customer_is_placed_among_all_the_others() -> None:
    crowd = [customer(orders=n, last_days_ago=100 - 10 * n, each=10) for n in range(1, 11)]
    population = fifths([*crowd, Purchases()])
    assert population.customers == 10
    best, worst = rfm(crowd[-1], population, NOON), rfm(crowd[0], population, NOON)
    assert best is not None
    assert worst is not None
    assert (best.recency_quintile, best.frequency_quintile, best.monetary_quintile) == (5, 5, 5)
    assert (best.days, best.frequency, best.monetary[0].amount) == (0, 10, Decimal(100))
    assert (best.segment, worst.segment) == (RfmSegment.CHAMPIONS, RfmSegment.HIBERNATING)
    assert (best.customers, best.borders_at) == (10, NOON)


def test_sums_are_compared_among_those_who_pay_in_the_same_currency() -> None:
    dollars = [purchases([ordered(n, "a", 1000 * n, currency="USD")]) for n in range(1, 6)]
    euros = [purchases([ordered(n, "a", n)]) for n in range(1, 6)]
    population = fifths(dollars + euros)
    found = rfm(euros[-1], population, NOON)
    assert found is not None
    assert found.monetary_quintile == 5
    alone = rfm(purchases([ordered(1, "a", 10, currency="CHF")]), population, NOON)
    assert alone is not None
    assert (alone.monetary_quintile, alone.frequency_quintile) == (None, 1)


def test_before_anybody_looked_the_values_stand_without_fifths() -> None:
    found = rfm(customer(2, 3, 10), None, NOON)
    assert found is not None
    assert (found.recency, found.frequency, found.recency_quintile, found.segment) == (3 * DAY, 2, None, None)
    assert rfm(Purchases(), None, NOON) is None
