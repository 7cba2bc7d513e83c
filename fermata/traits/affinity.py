"""Category affinity: how somebody's interest is divided among the categories, what is recent counting more."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from math import fsum
from typing import Any

from pydantic import BaseModel, ConfigDict

from fermata.traits.decay import FORGOTTEN_AFTER, decayed
from fermata.traits.happened import ORDER_COMPLETED, Happened

HALF_LIFE = timedelta(days=30)
HORIZON = FORGOTTEN_AFTER * HALF_LIFE
MOST = 5
WEIGHTS = {
    "Product List Viewed": 1.0,
    "Product Viewed": 1.0,
    "Product Clicked": 1.0,
    "Product Added to Wishlist": 2.0,
    "Product Added": 3.0,
    ORDER_COMPLETED: 5.0,
}
"""What each event says of an interest: to buy says five times as much as to look. Of an order, each product counts."""


class CategoryShare(BaseModel):
    """One category.

    Args:
        category: As the events name it.
        share: Of all interest, above 0 to 1.
    """

    model_config = ConfigDict(frozen=True)

    category: str
    share: float


def affinity(events: Iterable[Happened], at: datetime) -> tuple[CategoryShare, ...]:
    """Returns the categories that somebody cares for most, the first one most, ``MOST`` of them at the most.

    Shares are of all categories, also of those that are not returned.

    Args:
        events: Theirs, in any order; those without a weight or a category say nothing.
        at: The instant, aware.
    """
    found: defaultdict[str, list[float]] = defaultdict(list)
    for event in events:
        weight = decayed(WEIGHTS.get(event.name, 0.0), at - event.at, HALF_LIFE)
        if weight:
            for category in _categories(event.properties):
                found[category].append(weight)
    # fsum is exact, so that the order in which events came in cannot be seen in the last digit.
    sums = {category: fsum(weights) for category, weights in found.items()}
    whole = fsum(sums.values())
    ranked = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(CategoryShare(category=category, share=total / whole) for category, total in ranked[:MOST])


def _categories(properties: Mapping[str, Any]) -> Iterator[str]:
    products = properties.get("products")
    named = [product for product in products if isinstance(product, Mapping)] if isinstance(products, list) else []
    for each in named or [properties]:
        category = each.get("category")
        if isinstance(category, str) and category.strip():
            yield category.strip()
