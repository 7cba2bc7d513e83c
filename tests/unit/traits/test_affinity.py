"""Whose interest is where: shares that add up, by what is done and how long ago."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fermata.traits.affinity import affinity
from fermata.traits.happened import Happened
from tests.people import NOON
from tests.unit.traits.occurrences import ago


def shares(*events: Happened) -> dict[str, float]:
    return {each.category: each.share for each in affinity(events, NOON)}


def test_adding_to_the_cart_says_three_times_what_a_look_says() -> None:
    assert shares(ago(0, "Product Viewed", category="Boots"), ago(0, "Product Added", category="Shoes")) == {
        "Shoes": 0.75,
        "Boots": 0.25,
    }


def test_a_month_halves_what_a_look_says() -> None:
    found = shares(ago(0, "Product Viewed", category="Boots"), ago(30, "Product Viewed", category="Shoes"))
    assert found == pytest.approx({"Boots": 2 / 3, "Shoes": 1 / 3})


def test_each_product_of_an_order_counts_for_its_own_category() -> None:
    order = ago(0, "Order Completed", products=[{"category": "Shoes"}, {"category": "Socks"}, {"sku": "x"}, "bent"])
    assert shares(order) == {"Shoes": 0.5, "Socks": 0.5}


def test_what_has_no_category_or_no_weight_says_nothing() -> None:
    assert (
        shares(ago(0, "Product Viewed", category=" "), ago(0, "Product Viewed"), ago(0, "Song Played", category="x"))
        == {}
    )


def test_the_five_dearest_are_told_and_shares_are_of_all() -> None:
    found = affinity([ago(0, "Product Viewed", category=f"C{n}") for n in range(10)], NOON)
    assert [each.category for each in found] == ["C0", "C1", "C2", "C3", "C4"]
    assert all(each.share == pytest.approx(0.1) for each in found)


@given(
    events=st.lists(
        st.builds(
            lambda days, name, category: ago(days, name, category=category),
            st.floats(0, 200),
            st.sampled_from(["Product Viewed", "Product Added", "Order Completed"]),
            st.sampled_from(["Shoes", "Boots", "Socks"]),
        ),
        min_size=1,
        max_size=20,
    ),
    data=st.data(),
)
def test_shares_add_up_and_the_order_of_arrival_cannot_be_seen(events: list[Happened], data: st.DataObject) -> None:
    found = affinity(events, NOON)
    assert sum(each.share for each in found) == pytest.approx(1)
    assert affinity(data.draw(st.permutations(events)), NOON) == found
