"""Sums of money by currency: nothing is converted, because rates are not ours to know."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from fermata.segments.scalar import to_number

# What the shop earns goes first, then what was paid; a sender that states neither may state the goods one by one.
_SUMS = ("revenue", "total", "value", "subtotal")


class Money(BaseModel):
    """A sum.

    Args:
        currency: ISO 4217; "" where the senders name none.
        amount: Never negative.
    """

    model_config = ConfigDict(frozen=True)

    currency: str
    amount: Decimal

    def __str__(self) -> str:
        return f"{self.amount:,.2f} {self.currency}".rstrip()


def stated_sum(properties: Mapping[str, Any]) -> Decimal | None:
    """The sum that an order event states, or None where it states none.

    ``revenue`` goes first (Segment's ecommerce spec: without shipping and taxes), then ``total``, ``value`` and
    ``subtotal``; else price times quantity, of the products or of the one product that the event is about.
    """
    for name in _SUMS:
        amount = to_number(properties.get(name))
        if amount is not None:
            return max(amount, Decimal())
    products = properties.get("products")
    if isinstance(products, list) and products:
        return sum((_price(product) for product in products if isinstance(product, Mapping)), Decimal())
    return _price(properties) if to_number(properties.get("price")) is not None else None


def stated_currency(properties: Mapping[str, Any]) -> str:
    """The currency that an event names, or ""."""
    currency = properties.get("currency")
    return currency if isinstance(currency, str) else ""


def _price(product: Mapping[str, Any]) -> Decimal:
    price, quantity = to_number(product.get("price")), to_number(product.get("quantity"))
    return max(price or Decimal(), Decimal()) * (Decimal(1) if quantity is None else max(quantity, Decimal()))
