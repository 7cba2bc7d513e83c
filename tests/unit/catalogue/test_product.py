"""A product, as catalogue files write it."""

from decimal import Decimal
from typing import Any

import pytest

from fermata.catalogue import InvalidProduct, Product, read_product


def test_a_product_is_read_in_the_types_of_events() -> None:
    record = {
        "product_id": 44600062,
        "sku": "G-32",
        "name": " Trail shoe ",
        "category": "Shoes",
        "brand": "Acme",
        "price": "35.79",
        "currency": "usd",
        "url": "https://shop.example/44600062",
        "image_url": "https://shop.example/44600062.jpg",
        "colour": "red",
        "size": "",
    }
    assert read_product(record) == Product(
        product_id="44600062",
        sku="G-32",
        name="Trail shoe",
        category="Shoes",
        brand="Acme",
        price=Decimal("35.79"),
        currency="USD",
        url="https://shop.example/44600062",
        image_url="https://shop.example/44600062.jpg",
        properties={"colour": "red"},
    )


def test_the_names_of_googles_product_feed_are_taken_too() -> None:
    record = {"id": "a", "title": "Shoe", "link": "u", "image_link": "i", "product_type": "Shoes", "price": "5 EUR"}
    assert read_product(record) == Product("a", None, "Shoe", "Shoes", None, Decimal(5), "EUR", "u", "i")


@pytest.mark.parametrize(
    ("record", "field", "message"),
    [
        (["a"], "", "a product is a JSON object, not list"),
        ({"name": "Shoe"}, "product_id", "is missing"),
        ({"product_id": "  "}, "product_id", "is missing"),
        ({"product_id": ["a"]}, "product_id", "must be text"),
        ({"product_id": "a" * 256}, "product_id", "has 256 characters; at most 255"),
        ({"product_id": "a", "price": "$5"}, "price", "must be a number such as 35.79"),
        ({"product_id": "a", "price": -1}, "price", "must not be negative"),
        ({"product_id": "a", "price": "5,00"}, "price", "with a point"),
        ({"product_id": "a", "currency": "Euro"}, "currency", "must be a currency code such as 'EUR'"),
        ({"product_id": "a", "price": "5 EUR", "currency": "USD"}, "currency", "the price is in EUR"),
        ({"product_id": "a", "name": "a\0b"}, "name", "NUL"),
        ({"product_id": "a", "name": {"en": "Shoe"}}, "name", "must be text"),
    ],
)
def test_what_is_no_product_is_refused_with_its_field(record: Any, field: str, message: str) -> None:
    with pytest.raises(InvalidProduct, match=message.replace("$", r"\$")) as refused:
        read_product(record)
    assert refused.value.field == field
