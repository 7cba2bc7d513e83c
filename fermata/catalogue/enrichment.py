"""What an event that names a product gets from the catalogue: what it leaves out, and nothing else in its place."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from fermata.catalogue.product import Product
from fermata.catalogue.shelf import Catalogue, ProductNames
from fermata.events import IncomingEvent, Mark
from fermata.events.property_types import to_price
from fermata.events.verbs import PRODUCTS, Schema, Verbs, standard_verbs

_TEXTS = ("name", "category", "brand", "url", "image_url")


def product_names(events: Iterable[IncomingEvent], verbs: Verbs | None = None) -> ProductNames:
    """The products that standard events name; most events name none, and then there is nothing to look up.

    Args:
        events: Of a batch.
        verbs: The standard events; those that ship where it is None.
    """
    ids: set[str] = set()
    skus: set[str] = set()
    for event in events:
        for named in _naming(event, verbs):
            product_id, sku = named.get("product_id"), named.get("sku")
            if isinstance(product_id, str):
                ids.add(product_id)
            if isinstance(sku, str):
                skus.add(sku)
    return ProductNames(frozenset(ids), frozenset(skus))


def enriched(event: IncomingEvent, catalogue: Catalogue, verbs: Verbs | None = None) -> IncomingEvent:
    """The event with what the catalogue knows of its products and the event does not say.

    ``added`` lists what came from the catalogue. A price is added only where it cannot contradict the event: never in
    another currency than the event's, and never to what happened in an archive, where it was another price perhaps.

    Args:
        event: As it came in, its properties in the types of its schema.
        catalogue: The products that it names.
        verbs: The standard events; those that ship where it is None.
    """
    schema = _schema(event, verbs)
    historical = Mark.HISTORICAL in event.marks
    currency = event.properties.get("currency")
    properties = dict(event.properties)
    added: list[str] = []
    if "product_id" in schema:
        found = _missing(event.properties, currency, catalogue, historical=historical)
        properties |= found
        added.extend(found)
    for name in _lists(event, schema):
        products = []
        for place, product in enumerate(event.properties[name]):
            found = _missing(product, currency, catalogue, historical=historical)
            products.append({**product, **found})
            added.extend(f"{name}.{place}.{each}" for each in found)
        properties[name] = products
    return replace(event, properties=properties, added=tuple(added)) if added else event


def _schema(event: IncomingEvent, verbs: Verbs | None) -> Schema:
    if event.kind != "track":
        return {}
    known = verbs or standard_verbs()
    verb = known.find(event.name)
    return known.schema_of(verb) if verb is not None else {}


def _lists(event: IncomingEvent, schema: Schema) -> list[str]:
    """The properties that are lists of products."""
    return [name for name, wanted in schema.items() if wanted == PRODUCTS and event.properties.get(name)]


def _naming(event: IncomingEvent, verbs: Verbs | None) -> Iterable[Mapping[str, Any]]:
    schema = _schema(event, verbs)
    if "product_id" in schema:
        yield event.properties
    for name in _lists(event, schema):
        yield from event.properties[name]


def _missing(
    said: Mapping[str, Any], order_currency: object, catalogue: Catalogue, *, historical: bool
) -> dict[str, Any]:
    """What is known of a product and not said of it."""
    product = catalogue.find(said.get("product_id"), said.get("sku"))
    if product is None:
        return {}
    known = {name: getattr(product, name) for name in _TEXTS}
    if not historical:
        known |= _money(said, said.get("currency") or order_currency, product)
    return {name: value for name, value in known.items() if value is not None and said.get(name) is None}


def _money(said: Mapping[str, Any], currency: object, product: Product) -> dict[str, Any]:
    if product.price is None:
        return {}
    price = to_price(f"{product.price:f}")
    if currency is not None and currency != product.currency:
        return {}
    if said.get("price") not in (None, price):
        return {}  # an offer, or another currency: its own word stands, and we know nothing about it
    return {"price": price, "currency": product.currency}
