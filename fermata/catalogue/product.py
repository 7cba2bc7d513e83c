"""A product as a catalogue file writes it: checked, and brought to the types that events have."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from fermata.errors import FermataError, InvalidEvent
from fermata.events.bounds import check_bounds
from fermata.events.property_types import to_currency, to_identifier, to_price, to_text

_OTHER_NAMES = {
    "id": "product_id",
    "title": "name",
    "link": "url",
    "image_link": "image_url",
    "product_type": "category",
}
"""What Google's product feed calls them: most shops can write one."""

_LONGEST = {"product_id": 255, "sku": 255, "name": 500, "category": 500, "brand": 500, "url": 2000, "image_url": 2000}
_WITH_CURRENCY = re.compile(r"([0-9.,+-]+)\s*([A-Za-z]{3})")


class InvalidProduct(FermataError):
    """A line of a catalogue that is no product.

    Args:
        message: What is wrong, with the value.
        field: The field at fault, or "" where it is the whole line.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Product:
    """A product.

    Args:
        product_id: The shop's.
        sku: The stock-keeping unit, by which events may name it too.
        name, category, brand, url, image_url: For people; None where the catalogue does not say.
        price: Of one, with as many decimals as the file wrote; None where the catalogue does not say.
        currency: ISO 4217.
        properties: All else that the file says of it.
    """

    product_id: str
    sku: str | None = None
    name: str | None = None
    category: str | None = None
    brand: str | None = None
    price: Decimal | None = None
    currency: str | None = None
    url: str | None = None
    image_url: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)


def read_product(record: object) -> Product:
    """Reads one line of a catalogue.

    Args:
        record: A JSON object, or a row of a CSV by its header. Null and blank count as not said. The names of Google's
            product feed (``id``, ``title``, ``link``, ``image_link``, ``product_type``) are taken too, and a price may
            carry its currency: ``"35.79 USD"``.

    Raises:
        InvalidProduct: It names no product, or a field cannot be what it should.
    """
    if not isinstance(record, Mapping):
        raise InvalidProduct(f"a product is a JSON object, not {type(record).__name__}")
    try:
        check_bounds(record)
    except InvalidEvent as error:
        raise InvalidProduct(str(error), field=error.field) from None
    said = _by_our_names(record)
    product_id = _text(said, "product_id")
    if product_id is None:
        raise InvalidProduct("is missing; every product needs its id", field="product_id")
    price, currency = _money(said)
    return Product(
        product_id=product_id,
        sku=_text(said, "sku"),
        name=_text(said, "name"),
        category=_text(said, "category"),
        brand=_text(said, "brand"),
        price=price,
        currency=currency,
        url=_text(said, "url"),
        image_url=_text(said, "image_url"),
        properties=said,  # what was read above is taken out of it
    )


def _by_our_names(record: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in record.items() if not _is_blank(value)}
    for theirs, ours in _OTHER_NAMES.items():
        if theirs in said and ours not in said:
            said[ours] = said.pop(theirs)
    return said


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _text(said: dict[str, Any], name: str) -> str | None:
    value = said.pop(name, None)
    if value is None:
        return None
    try:
        text = to_identifier(value) if name in ("product_id", "sku") else to_text(value).strip()
    except ValueError as error:
        raise InvalidProduct(str(error), field=name) from None
    if len(text) > _LONGEST[name]:
        raise InvalidProduct(f"has {len(text):,} characters; at most {_LONGEST[name]:,} are taken", field=name)
    return text


def _money(said: dict[str, Any]) -> tuple[Decimal | None, str | None]:
    price, currency = said.pop("price", None), said.pop("currency", None)
    together = _WITH_CURRENCY.fullmatch(price.strip()) if isinstance(price, str) else None
    if together is not None:
        price, beside = together.groups()
        if currency is not None and str(currency).strip().upper() != beside.upper():
            raise InvalidProduct(f"the price is in {beside.upper()}, the currency says {currency!r}", field="currency")
        currency = beside
    try:
        amount = Decimal(str(to_price(price))) if price is not None else None
    except ValueError as error:
        raise InvalidProduct(str(error), field="price") from None
    try:
        return amount, to_currency(currency) if currency is not None else None
    except ValueError as error:
        raise InvalidProduct(str(error), field="currency") from None
