"""The fields of other systems' payloads: what they may be, and how a body is read by them."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, ValidationError

from fermata.events.faults import first_fault
from fermata.events.payload import Identifier
from fermata.events.traits import Known, Text

_Body = TypeVar("_Body", bound=Known)


def _id_of(value: object) -> object:
    # A reference is the id of another object, or that object itself.
    return value.get("id") if isinstance(value, Mapping) else value


Reference = Annotated[Identifier, BeforeValidator(_id_of)]
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
