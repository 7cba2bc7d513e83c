"""What each call of the Segment spec says: the name of its event, and what it tells of its person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

from fermata.events.normalise import normalise
from fermata.events.payload import Alias, Group, Identify, Page, Screen, Track
from fermata.events.traits import Traits
from fermata.events.verbs import Verbs

AnyCall = Track | Identify | Page | Screen | Group | Alias

_NOTHING_KNOWN = Traits()


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a call says beyond whose it is and when it happened.

    Args:
        name: The event's.
        properties: The event's.
        traits: The traits that Fermata knows.
        other_traits: All others.
        previous_id: A name that the person had before.
        original_name: The sender's name of the event, where it is another.
    """

    name: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    traits: Traits = _NOTHING_KNOWN
    other_traits: Mapping[str, Any] = field(default_factory=dict)
    previous_id: str | None = None
    original_name: str | None = None


def meaning_of(call: AnyCall, payload: Mapping[str, Any], verbs: Verbs | None = None) -> Meaning:
    """Says what a call means.

    Pages and screens become events by the convention of Segment's destinations: "Viewed Home Page", or "Loaded a
    Page" where it has neither a name nor a category.

    Args:
        call: As it was checked.
        payload: As it came, for what the check leaves out.
        verbs: The standard events; those that ship where it is None.

    Raises:
        InvalidEvent: A property of a standard event cannot be what it should.
    """
    match call:
        case Track():
            event = normalise(call.event, call.properties or {}, verbs)
            return Meaning(event.name, event.properties, original_name=event.original_name)
        case Identify():
            if call.traits is None:
                return Meaning("Identified")
            return Meaning("Identified", traits=call.traits, other_traits=_other_traits(payload["traits"]))
        case Page():
            return Meaning(_viewed(call, "Page"), _described(call))
        case Screen():
            return Meaning(_viewed(call, "Screen"), _described(call))
        case Group():
            group = {**_present(call.traits or {}), "id": call.group_id}
            return Meaning("Grouped", {"groupId": call.group_id}, other_traits={"group": group})
        case Alias():
            return Meaning("Aliased", {"previousId": call.previous_id}, previous_id=call.previous_id)
        case _:
            assert_never(call)


def _viewed(call: Page | Screen, what: str) -> str:
    name = call.name or call.category
    return f"Viewed {name} {what}" if name is not None else f"Loaded a {what}"


def _described(call: Page | Screen) -> dict[str, Any]:
    # Segment's own libraries put name and category among the properties; libraries on servers leave that out.
    return {**_present({"name": call.name, "category": call.category}), **(call.properties or {})}


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _other_traits(traits: Mapping[str, Any]) -> dict[str, Any]:
    # The address is known in part only: a template may want its city.
    return {name: value for name, value in traits.items() if name not in Traits.model_fields or name == "address"}
