"""One name for one event, and one type for one property, however a sender writes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fermata.errors import InvalidEvent
from fermata.events.property_types import TYPES
from fermata.events.verbs import PRODUCTS, Schema, Verbs, standard_verbs


@dataclass(frozen=True, slots=True)
class Normalised:
    """A track call as Fermata writes it.

    Args:
        name: The standard one, or else the sender's.
        original_name: The sender's, where it was another.
        properties: Those of the schema coerced, all others as they came.
    """

    name: str
    original_name: str | None
    properties: Mapping[str, Any]


def normalise(name: str, properties: Mapping[str, Any], verbs: Verbs | None = None) -> Normalised:
    """Finds the standard event that is meant, and makes its properties what they should be.

    An event that is the sender's own stays as it came. So do properties that no schema lists; null and blank ones
    that it lists are left out: SDKs send those for what they do not know.

    Args:
        name: The event's.
        properties: The event's.
        verbs: The standard events; those that ship where it is None.

    Raises:
        InvalidEvent: A property cannot be what it should; names the field.
    """
    known = verbs or standard_verbs()
    verb = known.find(name)
    if verb is None:
        return Normalised(name, None, properties)
    coerced = _coerced(properties, known.schema_of(verb), "properties", known.product)
    return Normalised(verb.name, name if name != verb.name else None, coerced)


def _coerced(properties: Mapping[str, Any], schema: Schema, path: str, product: Schema) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, value in properties.items():
        wanted = schema.get(name)
        field = f"{path}.{name}"
        if wanted is None:
            result[name] = value
        elif value is None or (isinstance(value, str) and not value.strip()):
            continue
        elif wanted == PRODUCTS:
            result[name] = _products(value, field, product)
        else:
            try:
                result[name] = TYPES[wanted](value)
            except ValueError as error:
                raise InvalidEvent(str(error), field=field) from None
    return result


def _products(value: object, field: str, product: Schema) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise InvalidEvent(f"must be a list of products, not {type(value).__name__}", field=field)
    for place, each in enumerate(value):
        if not isinstance(each, Mapping):
            raise InvalidEvent("must be an object", field=f"{field}.{place}")
    return [_coerced(each, product, f"{field}.{place}", product) for place, each in enumerate(value)]
