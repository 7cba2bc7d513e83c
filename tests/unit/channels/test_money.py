"""Prices as people read them."""

from decimal import Decimal

import pytest

from fermata.channels.money import money


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (59.9, "USD", "$59.90"),
        ("59.9", "eur", "€59.90"),
        (Decimal("1234567.5"), "GBP", "£1,234,567.50"),
        (5990, "JPY", "¥5,990"),
        (59.9, "CHF", "59.90 CHF"),
        (5000, "VND", "5,000 VND"),
        (59.9, None, "59.90"),
        (59.9, "", "59.90"),
        (59.9, "<b>", "59.90"),
        (59.9, "dollars", "59.90"),
        (0.1 + 0.2, "USD", "$0.30"),
        (" 7 ", " usd ", "$7.00"),
    ],
)
def test_an_amount_is_written_with_its_currency(amount: object, currency: object, words: str) -> None:
    assert money(amount, currency) == words


@pytest.mark.parametrize(
    "amount", [None, "", "free", True, 0, -5, "nan", float("inf"), "1e400", 10**30, [], {"amount": 1}, "1" * 5000]
)
def test_what_is_no_price_is_left_out(amount: object) -> None:
    assert money(amount, "USD") is None
