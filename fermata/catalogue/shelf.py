"""Products in Postgres: put there by the file, and looked up for a batch of events by one statement."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from fermata.catalogue.product import Product
from fermata.database import Connection, Pool, Queries

_QUERIES = Queries("fermata.catalogue")


@dataclass(frozen=True, slots=True)
class ProductNames:
    """What events call products by.

    Args:
        product_ids, skus: Each once.
    """

    product_ids: frozenset[str] = frozenset()
    skus: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.product_ids or self.skus)


@dataclass(slots=True)
class Catalogue:
    """Some products, by what events call them.

    Args:
        products: At hand.
    """

    products: Iterable[Product] = ()
    _by_id: dict[str, Product] = field(default_factory=dict, init=False)
    _by_sku: dict[str, Product | None] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for product in self.products:
            self._by_id[product.product_id] = product
            if product.sku is not None:
                # A unit that several products claim tells none of them from the others.
                self._by_sku[product.sku] = product if product.sku not in self._by_sku else None

    def find(self, product_id: object, sku: object) -> Product | None:
        """The product that an event names: by its id, else by a stock-keeping unit that only one product has."""
        known = self._by_id.get(product_id) if isinstance(product_id, str) else None
        if known is not None or not isinstance(sku, str):
            return known
        return self._by_sku.get(sku)


async def put(connection: Connection | Pool, products: Collection[Product], now: datetime) -> None:
    """Puts products into the catalogue. A product that is there already becomes what is said of it now, all of it.

    Args:
        connection: Any.
        products: In the order of the file: of two with one id the later stands.
        now: The instant.
    """
    each = list({product.product_id: product for product in products}.values())
    await connection.execute(
        _QUERIES["put"],
        now,
        [product.product_id for product in each],
        [product.sku for product in each],
        [product.name for product in each],
        [product.category for product in each],
        [product.brand for product in each],
        [product.price for product in each],
        [product.currency for product in each],
        [product.url for product in each],
        [product.image_url for product in each],
        [product.properties for product in each],
    )


async def look_up(connection: Connection | Pool, names: ProductNames) -> Catalogue:
    """Fetches the products that are named, without their other properties, by one statement.

    Args:
        connection: Any.
        names: What events call them by; those that are not in the catalogue are passed over.
    """
    rows = await connection.fetch(_QUERIES["look_up"], list(names.product_ids), list(names.skus))
    return Catalogue([Product(**row) for row in rows])
