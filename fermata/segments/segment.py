"""A segment: any condition or combination of them, and how one is read back from where it was stored."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError

from fermata.segments.acquisition import CameBy
from fermata.segments.behaviour import Did, Occurrence
from fermata.segments.condition import And, Condition, Not, Or
from fermata.segments.customer import Customer
from fermata.segments.enrolment import InJourney, WasIn
from fermata.segments.invalid import InvalidSegment, told
from fermata.segments.lifecycle import InStage
from fermata.segments.person import Consents, HasAddress, InCountry, InTimeZone, Trait
from fermata.segments.visit import Stayed

Segment: TypeAlias = Annotated[
    And
    | Or
    | Not
    | Did
    | Occurrence
    | Trait
    | Consents
    | HasAddress
    | InCountry
    | InTimeZone
    | InStage
    | Customer
    | CameBy
    | Stayed
    | InJourney
    | WasIn,
    Field(discriminator="kind"),
]
"""Who is meant. As the type of a field it is stored and read by pydantic, its ``kind`` telling which it is."""

for _combination in (And, Or, Not):
    _combination.model_rebuild(_types_namespace={"Segment": Segment})

_ADAPTER: TypeAdapter[Segment] = TypeAdapter(Segment)


def read_segment(document: str | bytes | Mapping[str, Any]) -> Segment:
    """Reads a segment that was stored: ``segment.model_dump_json()``, or ``model_dump(mode="json")``.

    Args:
        document: The text, or the object that it stands for.

    Raises:
        InvalidSegment: It is none; the message names the place, the value and the mend.
    """
    try:
        if isinstance(document, str | bytes):
            document = json.loads(document)
        return _ADAPTER.validate_python(document)
    except ValidationError as error:
        raise InvalidSegment(told(error)) from None
    except (ValueError, RecursionError) as error:
        raise InvalidSegment(f"a segment is a JSON object with a kind, and this is none: {error}") from None


def events_of(segment: Segment | Condition) -> frozenset[str]:
    """The names of the events that decide who is in it."""
    return frozenset(leaf.event for leaf in segment.leaves() if isinstance(leaf, Did | Occurrence | InStage))


def journeys_of(segment: Segment | Condition) -> frozenset[str]:
    """The names of the journeys that decide who is in it, so that a deployment can check that it has them."""
    return frozenset(leaf.journey for leaf in segment.leaves() if isinstance(leaf, InJourney | WasIn))
