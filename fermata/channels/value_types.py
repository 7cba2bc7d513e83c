"""The types of values that templates speak of: those of events, and a few that only traits have."""

from collections.abc import Callable, Mapping
from typing import Any

from fermata.events.property_types import TYPES

_MOST_ITEMS = 100


def _to_flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("must be true or false")


def _to_list(value: object) -> list[Any]:
    if isinstance(value, list | tuple):
        return list(value[:_MOST_ITEMS])
    raise ValueError("must be a list")


VALUE_TYPES: Mapping[str, Callable[[object], Any]] = {**TYPES, "flag": _to_flag, "list": _to_list}
"""Each makes of what came what it should be, or raises ``ValueError``."""

_WIDER = {"price": {"amount"}, "count": {"amount", "price"}, "products": {"list"}}


def fits(given: str, wanted: str) -> bool:
    """Whether what is of one type is always of another too.

    Args:
        given: The type that a schema of events gives a property.
        wanted: The type that a message wants.
    """
    if wanted in ("text", "identifier"):
        return given not in ("products", "list", "flag")
    return given == wanted or wanted in _WIDER.get(given, ())
