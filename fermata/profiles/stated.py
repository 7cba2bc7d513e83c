"""The facts that an event states about its person, one by one: each can then be compared with what is newer."""

from typing import Any

import phonenumbers

from fermata.events import Device, IncomingEvent, Traits
from fermata.events.places import country_code, subdivision_code
from fermata.vocabulary import Channel

Path = tuple[str, ...]
"""Where a fact stands in a profile: a column, or a column and the names inside it."""

DEVICE_LOCATION = "device_location"
"""The trait that keeps where a device was, for no rule of law: ``{"city": "Lyon", "subdivision": "ARA"}``."""

_SILENT = Device()


def states_nothing(event: IncomingEvent) -> bool:
    """Whether the event tells nothing of its person; most do not."""
    return not event.traits.model_fields_set and not event.other_traits and event.device == _SILENT


def stated(event: IncomingEvent, country: str | None) -> dict[Path, Any]:
    """Everything that the event states. None takes a value away.

    What a person's traits say and what the context says of the device are kept apart: a rule may prefer one. Where
    both name the same thing, the traits go first.

    Args:
        event: Of this person.
        country: The person's, as far as it is known: a number without a country code is read there.
    """
    traits, given = event.traits, event.traits.model_fields_set
    facts = _of_device(event.device)
    facts |= {("traits", name): value for name, value in event.other_traits.items()}
    if "address" in given:
        facts |= _place(traits)
    if "timezone" in given:
        facts["time_zone",] = traits.timezone
    if "locale" in given:
        facts["locale",] = traits.locale
    if "email" in given:
        facts["addresses", Channel.EMAIL.value] = traits.email.strip().lower() if traits.email else None
    if "phone" in given:
        facts["addresses", Channel.SMS.value] = to_phone(traits.phone, facts.get(("country",)) or country)
    if "push_token" in given:
        facts["addresses", Channel.PUSH.value] = traits.push_token
    return facts | _wishes(traits)


def to_phone(number: str | None, country: str | None) -> str | None:
    """E.164 where the number can be read, so that one phone is one address; else as it came, for the gate to refuse."""
    if number is None:
        return None
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return number.strip()
    if not phonenumbers.is_possible_number(parsed):
        return number.strip()
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _of_device(device: Device) -> dict[Path, Any]:
    # A device that says nothing of a thing takes nothing away.
    told: dict[Path, Any] = {
        ("traits", DEVICE_LOCATION): _location(device),
        ("device_time_zone",): device.time_zone,
        ("device_country",): device.country,
        ("locale",): device.locale,
        ("addresses", Channel.PUSH.value): device.push_token,
    }
    return {path: value for path, value in told.items() if value is not None}


def _location(device: Device) -> dict[str, str] | None:
    place = {"city": device.city, "subdivision": device.subdivision, "country": device.country}
    known = {name: value for name, value in place.items() if value is not None}
    return known if device.city is not None or device.subdivision is not None else None


def _place(traits: Traits) -> dict[Path, Any]:
    """Country and subdivision as codes. What is neither code nor name means unknown: a rule may not rest on a guess.

    An address with a country is the whole of it: one without a state takes the state away.
    """
    address = traits.address
    if address is None:
        return {("country",): None, ("subdivision",): None}
    facts: dict[Path, Any] = {}
    if "country" in address.model_fields_set:
        facts["country",] = country_code(address.country)
        facts["subdivision",] = None
    if "state" in address.model_fields_set:
        # A name is one of the country beside it, never of one that was known before: that would hang on the order.
        facts["subdivision",] = subdivision_code(address.state, facts.get(("country",)))
    return facts


def _wishes(traits: Traits) -> dict[Path, Any]:
    given = traits.model_fields_set
    facts: dict[Path, Any] = {("topics", name): wanted for name, wanted in (traits.topics or {}).items()}
    if "preferred_channels" in given:
        facts["preferred_channels",] = tuple(channel.value for channel in traits.preferred_channels or ())
    if "quiet_hours" in given:
        facts["quiet_hours",] = traits.quiet_hours.model_dump() if traits.quiet_hours is not None else None
    if "do_not_disturb" in given:
        facts["do_not_disturb",] = bool(traits.do_not_disturb)
    if "do_not_disturb_until" in given:
        facts["do_not_disturb_until",] = traits.do_not_disturb_until
    return facts
