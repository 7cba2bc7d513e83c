"""The fields of other systems' payloads: what they may be, and how a body is read by them."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, StringConstraints, ValidationError

from fermata.events.faults import first_fault
from fermata.events.traits import Known, Text

_Body = TypeVar("_Body", bound=Known)


def _to_identifier(value: object) -> object:
    # Shopify's ids have more digits than many readers of JSON keep; it writes them all, and ours keeps them.
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None if isinstance(value, str) and not value.strip() else value


def _id_of(value: object) -> object:
    return value.get("id") if isinstance(value, Mapping) else value


Identifier = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)] | None,
    BeforeValidator(_to_identifier),
]
"""An id, as text: a whole number becomes its digits."""
Reference = Annotated[Identifier, BeforeValidator(_id_of)]
"""The id of another object, where the sender may write that object itself."""
Amount = str | int | float | None
"""Left to the schema of the event, which says what is wrong with it."""

__all__ = ["Amount", "Identifier", "Known", "Reference", "Text", "read_as"]


def read_as(model: type[_Body], body: Mapping[str, Any]) -> _Body:
    """Reads the known fields of a body.

    Args:
        model: The fields.
        body: As it came out of the JSON parser.

    Raises:
        InvalidEvent: A field is not what it must be; names it as the sender does.
    """
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise first_fault(error) from None
