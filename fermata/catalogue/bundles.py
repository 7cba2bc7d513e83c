"""Products for a message to show: by their ids, and by their categories, found by one statement."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from fermata.catalogue.product import Product
from fermata.database import Connection, Pool, Queries

_QUERIES = Queries("fermata.catalogue", "bundles.sql")

MOST_OF_A_CATEGORY = 25
"""Products of a category that are looked at: what a message shows at most, and one that it may leave out."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was found.

    Args:
        by_id: Each product that is in the catalogue.
        by_category: Those of each category, the one that was put in last first.
    """

    by_id: Mapping[str, Product]
    by_category: Mapping[str, Sequence[Product]]


async def bundle(connection: Connection | Pool, ids: Collection[str], categories: Collection[str]) -> Bundle:
    """Finds products, without their other properties.

    Args:
        connection: Any.
        ids: Of products; what is not in the catalogue is passed over.
        categories: As the catalogue writes them.
    """
    rows = await connection.fetch(_QUERIES["bundle"], list(ids), list(categories), MOST_OF_A_CATEGORY)
    by_id: dict[str, Product] = {}
    by_category: dict[str, list[Product]] = {}
    for row in rows:
        asked, *values = row.values()
        product = Product(*values)
        if asked is None:
            by_id[product.product_id] = product
        else:
            by_category.setdefault(asked, []).append(product)
    return Bundle(by_id, by_category)


def shown(product: Product) -> dict[str, object]:
    """A product as the templates of messages see it."""
    return {
        "product_id": product.product_id,
        "name": product.name,
        "category": product.category,
        "brand": product.brand,
        "price": product.price,
        "currency": product.currency,
        "url": product.url,
        "image_url": product.image_url,
    }
