"""What an event gets from the catalogue, and what it never gets."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from fermata.catalogue import Catalogue, Product, ProductNames, enriched, product_names
from fermata.events import IncomingEvent, parse

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
SHOE = Product(
    "1", "S-1", "Trail shoe", "Shoes", "Acme", Decimal("89.90"), "EUR", "https://s.example/1", "https://s/1.jpg"
)
SOCK = Product("2", "S-2", "Sock", "Socks")
KNOWN = Catalogue([SHOE, SOCK])


def event(name: str, properties: dict[str, Any], *, historical: bool = False) -> IncomingEvent:
    payload = {"type": "track", "event": name, "userId": "ada", "properties": properties, "timestamp": NOON.isoformat()}
    return parse(payload, received_at=NOON, historical=historical)


def added(name: str, properties: dict[str, Any], *, historical: bool = False) -> dict[str, Any]:
    """What the catalogue adds to the properties of an event."""
    before = event(name, properties, historical=historical)
    after = enriched(before, KNOWN)
    found = {name: value for name, value in after.properties.items() if name not in before.properties}
    assert after.added == tuple(found)
    assert {**after.properties, **before.properties} == after.properties
    return found


def test_an_event_that_only_names_a_product_gets_all_that_is_known_of_it() -> None:
    assert added("Product Added", {"product_id": "1"}) == {
        "name": "Trail shoe",
        "category": "Shoes",
        "brand": "Acme",
        "url": "https://s.example/1",
        "image_url": "https://s/1.jpg",
        "price": 89.9,
        "currency": "EUR",
    }


@pytest.mark.parametrize("alias", ["added_to_cart", "cart.add", "AddToCart"])
def test_an_event_under_another_name_is_enriched_all_the_same(alias: str) -> None:
    assert added(alias, {"sku": "S-2"}) == {"name": "Sock", "category": "Socks"}


def test_the_senders_own_words_stand() -> None:
    own = {"product_id": "1", "name": "My shoe", "category": "Sale", "price": 89.9, "currency": "EUR"}
    assert added("Product Viewed", own) == {
        "brand": "Acme",
        "url": "https://s.example/1",
        "image_url": "https://s/1.jpg",
    }


@pytest.mark.parametrize(
    ("said", "gets"),
    [
        ({}, {"price": 89.9, "currency": "EUR"}),
        ({"currency": "EUR"}, {"price": 89.9}),
        ({"price": 89.9}, {"currency": "EUR"}),
        ({"currency": "USD"}, {}),  # another price, that we do not know
        ({"price": 79.9}, {}),  # an offer, or in another currency
        ({"price": 0}, {}),
    ],
)
def test_a_price_is_added_only_where_it_cannot_contradict(said: dict[str, Any], gets: dict[str, Any]) -> None:
    found = added("Product Added", {"product_id": "1", **said})
    assert {name: found[name] for name in ("price", "currency") if name in found} == gets


def test_what_happened_in_an_archive_gets_no_price_of_today() -> None:
    found = added("Product Added", {"product_id": "1"}, historical=True)
    assert found["name"] == "Trail shoe"
    assert not {"price", "currency"} & found.keys()


def test_each_product_of_an_order_is_enriched_in_the_currency_of_the_order() -> None:
    products = [{"product_id": "1", "quantity": 2}, {"sku": "S-2", "price": 5}, {"product_id": "unknown"}]
    euros = enriched(event("Order Completed", {"order_id": "o", "currency": "EUR", "products": products}), KNOWN)
    assert euros.properties["products"][0]["price"] == 89.9
    assert euros.properties["products"][1] == {"sku": "S-2", "price": 5, "name": "Sock", "category": "Socks"}
    assert euros.properties["products"][2] == {"product_id": "unknown"}
    assert "products.0.name" in euros.added
    assert "products.1.category" in euros.added
    dollars = enriched(event("Order Completed", {"order_id": "o", "currency": "USD", "products": products}), KNOWN)
    assert "price" not in dollars.properties["products"][0]


def test_an_event_that_is_the_senders_own_stays_as_it_came() -> None:
    own = event("Size Guide Opened", {"product_id": "1"})
    assert enriched(own, KNOWN) is own
    assert not product_names([own])


def test_events_of_a_batch_name_each_product_once() -> None:
    names = product_names(
        [
            event("Product Viewed", {"product_id": "1", "sku": "S-1"}),
            event("Product Added", {"product_id": "1"}),
            event("Order Completed", {"products": [{"product_id": "1"}, {"sku": "S-2"}]}),
        ]
    )
    assert names == ProductNames(frozenset({"1"}), frozenset({"S-1", "S-2"}))
    assert not product_names([event("Order Completed", {"order_id": "o"}), event("Signed Up", {})])


def test_a_unit_that_two_products_claim_tells_neither() -> None:
    ambiguous = Catalogue([SHOE, replace(SOCK, sku="S-1")])
    assert ambiguous.find("1", "S-1") == SHOE
    assert ambiguous.find(None, "S-1") is None
