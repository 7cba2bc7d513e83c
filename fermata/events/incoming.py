"""The event between the door and the ledger: what a payload was understood to say, and what was refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from fermata.events.names import NO_NAMES, Names
from fermata.events.traits import Traits

Kind = Literal["track", "identify", "page", "screen", "group", "alias"]
"""A call of the Segment spec that stands for one event."""

Door = Literal["track", "identify", "page", "screen", "group", "alias", "batch", "import"]
"""An endpoint of the ingest: one for each call, and two for many calls at once."""

Entrance = Door | Literal["webhook"]
"""Where a payload came in: at one of these, or as another system's webhook."""


class Mark(StrEnum):
    """What was done with an event that its sender may want to know."""

    CLAMPED_FROM_FUTURE = "clamped_from_future"
    """Its time was in the future, and became the time at which it came in."""
    HISTORICAL = "historical"
    """It was imported: what is older than the limit for triggers starts nothing and reaches no run."""
    LEFT_APART = "left_apart"
    """A name in it belongs to somebody else, who stays somebody else."""
    NOBODYS_NAME = "nobodys_name"
    """An id in it is what software writes where it knows none; it found nobody."""


@dataclass(frozen=True, slots=True)
class Device:
    """What the context of an event tells of the device it came from.

    Args:
        time_zone: IANA name.
        country: ISO 3166-1, two letters.
        locale: For example ``"fr-FR"``.
        push_token: The address for push messages.
        city: Where it was, as it was called.
        subdivision: The second half of ISO 3166-2.
    """

    time_zone: str | None = None
    country: str | None = None
    locale: str | None = None
    push_token: str | None = None
    city: str | None = None
    subdivision: str | None = None


@dataclass(frozen=True, slots=True)
class IncomingEvent:
    """An event that the door let in.

    Args:
        message_id: The sender's; the same one again is the same event.
        kind: The call of the Segment spec.
        name: For example ``"Product Added"``: the standard name where the event is a standard one.
        user_id, anonymous_id: At least one of them or of ``names`` is there.
        occurred_at: When it happened, the sender's clock skew corrected, never after ``received_at``.
        received_at: When it came in.
        properties: In full; those of a standard event in the types of its schema.
        context: In full, as it came.
        device: The parts of the context that Fermata knows.
        traits: The traits that Fermata knows; ``traits.model_fields_set`` says which were given.
        other_traits: All others, as they came.
        previous_id: With an alias: the name that the person had before.
        original_name: The sender's name of the event, where ours is another.
        names: Its person's other names.
        marks: What was done with it.
        added: The properties that its sender left out and the catalogue gave, as dotted paths.
        traceparent: The trace of the request that brought it, as the W3C writes it; None where none is known.
    """

    message_id: str
    kind: Kind
    name: str
    user_id: str | None
    anonymous_id: str | None
    occurred_at: datetime
    received_at: datetime
    properties: Mapping[str, Any]
    context: Mapping[str, Any]
    device: Device
    traits: Traits
    other_traits: Mapping[str, Any]
    previous_id: str | None = None
    original_name: str | None = None
    names: Names = NO_NAMES
    marks: frozenset[Mark] = frozenset()
    added: tuple[str, ...] = ()
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """A payload that the door refused.

    Args:
        field: Dotted path of the field at fault, or "".
        message: What is wrong, and the mend.
        payload: The text that came in.
        door: Where it came in.
    """

    field: str
    message: str
    payload: str
    door: Entrance
