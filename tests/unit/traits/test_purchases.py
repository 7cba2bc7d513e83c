"""What somebody bought and kept: each order once, less what was refunded, in whatever order it became known."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fermata.traits.happened import ORDER_EVENTS, Happened
from fermata.traits.money import Money, stated_sum
from fermata.traits.purchases import Purchases, purchases
from tests.unit.traits.occurrences import ago, before, ordered


def euros(amount: str) -> Money:
    return Money(currency="EUR", amount=Decimal(amount))


def test_orders_add_up_by_currency_and_the_latest_says_when() -> None:
    bought = purchases([ordered(3, "a", 10.5), ordered(9, "b", 20), ordered(1, "c", 7, currency="USD")])
    assert bought.spent == (euros("30.5"), Money(currency="USD", amount=Decimal(7)))
    assert (len(bought.orders), bought.last_at) == (3, before(1))
    assert bought.main == euros("30.5")


def test_an_order_that_two_systems_tell_of_counts_once_from_its_first_completion() -> None:
    bought = purchases([ordered(3, "a", 10), ordered(2, "a", 10)])
    assert (bought.spent, len(bought.orders), bought.last_at) == ((euros("10"),), 1, before(3))


def test_the_latest_word_on_a_sum_stands_and_silence_changes_nothing() -> None:
    updated = ago(2, "Order Updated", order_id="a", revenue=8)
    assert purchases([updated, ordered(3, "a", 10), ordered(1, "a")]).spent == (euros("8"),)


def test_without_a_number_each_order_is_one_of_its_own() -> None:
    assert len(purchases([ordered(3, revenue=10), ordered(3, revenue=10)]).orders) == 2


def test_a_part_refunded_is_no_longer_spent_and_the_order_stands() -> None:
    bought = purchases([ordered(3, "a", 10), ago(1, "Order Refunded", order_id="a", total=4)])
    assert (bought.spent, len(bought.orders)) == ((euros("6"),), 1)


@pytest.mark.parametrize("undone", ["cancelled", "refunded", "refunded in parts", "refunded and more"])
def test_an_order_that_was_undone_counts_nowhere(undone: str) -> None:
    how = {
        "cancelled": [ago(1, "Order Cancelled", order_id="a", revenue=10)],
        "refunded": [ago(1, "Order Refunded", order_id="a")],
        "refunded in parts": [ago(n, "Order Refunded", order_id="a", total=5) for n in (1, 2)],
        "refunded and more": [ago(1, "Order Refunded", order_id="a", total=50)],
    }[undone]
    assert purchases([ordered(3, "a", 10), *how]) == Purchases()
    assert purchases([*how, ordered(3, "a", 10), ordered(5, "b", 1)]).last_at == before(5)


def test_a_refund_of_no_order_lessens_the_sum_and_never_below_nothing() -> None:
    refund = ago(1, "Order Refunded", revenue=4, currency="EUR")
    assert purchases([ordered(3, "a", 10), refund]).spent == (euros("6"),)
    assert purchases([ordered(3, "a", 3), refund]).spent == (euros("0"),)


def test_a_refund_or_an_update_without_its_order_is_no_purchase() -> None:
    events = [ago(1, name, order_id="a", revenue=4) for name in ORDER_EVENTS if name != "Order Completed"]
    assert purchases(events) == Purchases()


@pytest.mark.parametrize(
    ("properties", "amount"),
    [
        ({"revenue": 9.99, "total": 12, "value": 1}, "9.99"),
        ({"total": "12.50"}, "12.50"),
        ({"value": 3}, "3"),
        ({"products": [{"price": 2.5, "quantity": 2}, {"price": 1}, "bent"]}, "6.0"),
        ({"price": 35.79}, "35.79"),
        ({"price": 5, "quantity": 3}, "15"),
        ({"revenue": -5}, "0"),
        ({"revenue": "a lot"}, None),
        ({}, None),
    ],
    ids=str,
)
def test_the_sum_of_an_order_is_read_where_senders_put_it(properties: dict[str, object], amount: str | None) -> None:
    assert stated_sum(properties) == (None if amount is None else Decimal(amount))


some_events = st.lists(
    st.builds(
        lambda name, number, amount, days: ago(days, name, **({"order_id": number} if number else {}), **amount),
        st.sampled_from(ORDER_EVENTS),
        st.sampled_from([None, "a", "b"]),
        st.sampled_from([{}, {"revenue": 10.1}, {"revenue": 3, "currency": "EUR"}, {"total": 4, "currency": "USD"}]),
        st.sampled_from([1, 2, 3]),
    ),
    max_size=8,
)


@given(events=some_events, data=st.data())
def test_the_order_in_which_events_became_known_cannot_be_seen(events: list[Happened], data: st.DataObject) -> None:
    assert purchases(data.draw(st.permutations(events))) == purchases(events)


def test_two_orders_of_one_instant_and_currency_stand_in_one_order_whichever_was_known_first() -> None:
    first = ago(3, "Order Completed", revenue=3, currency="EUR")
    second = ago(3, "Order Completed", order_id="b", revenue=10.1, currency="EUR")
    assert purchases([first, second]) == purchases([second, first])
