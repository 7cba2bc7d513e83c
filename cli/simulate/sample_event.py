"""An event that begins a journey, made up where nobody gives one: enough for its condition, its key and its words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from fermata.journeys import JourneyDefinition
from fermata.segments import Comparison
from fermata.segments.comparison import Operator

_PRODUCT: Mapping[str, Any] = MappingProxyType(
    {
        "product_id": "trail-3",
        "name": "Trail Runner 3",
        "brand": "Example",
        "category": "Running Shoes",
        "price": 129.9,
        "currency": "EUR",
        "quantity": 1,
        "rating": 4.7,
        "review_count": 212,
        "review": "Light as a feather, and dry after a day in the mud.",
    }
)
_ORDER: Mapping[str, Any] = MappingProxyType({"order_id": "order-1", "revenue": 129.9, "products": [dict(_PRODUCT)]})
_OTHERS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "Promotion Announced": {"promotion_id": "promotion-1", "title": "Spring sale", "body": "Until Sunday."},
        "Subscription Requested": {"channel": "email", "purpose": "marketing"},
        "Support Ticket Solved": {"ticket_id": "ticket-1", "title": "A parcel that did not come"},
    }
)


def sample_event(name: str, definition: JourneyDefinition) -> dict[str, Any]:
    """A track call of the event, without anybody's name.

    Args:
        name: The event's.
        definition: Of the journey that shall take it.
    """
    properties = _usual(name)
    if name in definition.trigger.events:
        for comparison in definition.trigger.where:
            _meet(comparison, properties)
    if definition.key is not None:
        properties.setdefault(definition.key, f"{definition.key}-1")
    return {"type": "track", "event": name, "properties": properties}


def _usual(name: str) -> dict[str, Any]:
    if name in _OTHERS:
        return dict(_OTHERS[name])
    words = name.split()[0]
    if words == "Product":
        return dict(_PRODUCT)
    return dict(_ORDER) if words in ("Order", "Checkout", "Cart") else {}


def _meet(comparison: Comparison, properties: dict[str, Any]) -> None:
    """Makes a comparison hold, where it is plain how."""
    if comparison.holds(properties) or comparison.negated:
        return
    inside: dict[str, Any] = properties
    for step in comparison.path[:-1]:
        inside = inside.setdefault(step, {})
    inside[comparison.path[-1]] = _value(comparison)


def _value(comparison: Comparison) -> Any:  # noqa: ANN401 - whatever it is compared with
    match comparison.operator, comparison.values:
        case Operator.MORE_THAN, (int() | float() as bound, *_):
            return bound + 1
        case Operator.LESS_THAN, (int() | float() as bound, *_):
            return bound - 1
        case Operator.IS_SET, _:
            return "something"
        case _, values:
            return values[0]
