"""What an event changes about its person: addresses, place, consent, silence, traits and session."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import phonenumbers

from fermata.events import Device, IncomingEvent, Traits
from fermata.profiles.profile import Profile
from fermata.profiles.session import continued
from fermata.vocabulary import Channel

_COUNTRY = re.compile(r"[A-Za-z]{2}")
_SUBDIVISION = re.compile(r"(?:[A-Za-z]{2}-)?([A-Za-z0-9]{1,3})")

_SILENT = Device()


def apply(profile: Profile, event: IncomingEvent) -> Profile:
    """The profile after the event.

    What a person's traits say and what the context says of the device are kept apart: a rule may prefer one. Null
    takes a value away; consent is only ever changed by a word.

    Args:
        profile: Before it.
        event: The next one of this person.
    """
    session = continued(profile.session, event.message_id, event.occurred_at)
    given = event.traits.model_fields_set
    device = event.device
    if not given and not event.other_traits and device == _SILENT:
        return replace(profile, session=session)  # most events
    traits = event.traits
    country, subdivision = _place(profile, traits) if "address" in given else (profile.country, profile.subdivision)
    return replace(
        profile,
        time_zone=traits.timezone if "timezone" in given else profile.time_zone,
        device_time_zone=device.time_zone or profile.device_time_zone,
        device_country=device.country or profile.device_country,
        country=country,
        subdivision=subdivision,
        locale=traits.locale if "locale" in given else device.locale or profile.locale,
        addresses=_merged(profile.addresses, _addresses(event, country)),
        consent=_consent(profile.consent, traits),
        traits=_merged(profile.traits, event.other_traits),
        quiet_hours=_quiet_hours(traits) if "quiet_hours" in given else profile.quiet_hours,
        do_not_disturb=bool(traits.do_not_disturb) if "do_not_disturb" in given else profile.do_not_disturb,
        do_not_disturb_until=(
            traits.do_not_disturb_until if "do_not_disturb_until" in given else profile.do_not_disturb_until
        ),
        session=session,
    )


def _place(profile: Profile, traits: Traits) -> tuple[str | None, str | None]:
    """Country and subdivision as codes. What is no code means unknown: a rule may not rest on a guess."""
    address = traits.address
    if address is None:
        return None, None
    given = address.model_fields_set
    country = profile.country
    if "country" in given:
        country = address.country.upper() if _COUNTRY.fullmatch(address.country or "") and address.country else None
    subdivision = profile.subdivision if country == profile.country else None
    if "state" in given:
        code = _SUBDIVISION.fullmatch(address.state or "")
        subdivision = code[1].upper() if code else None
    return country, subdivision


def _addresses(event: IncomingEvent, country: str | None) -> dict[str, str | None]:
    traits, given = event.traits, event.traits.model_fields_set
    stated: dict[str, str | None] = {}
    if event.device.push_token:
        stated[Channel.PUSH.value] = event.device.push_token
    if "email" in given:
        stated[Channel.EMAIL.value] = traits.email.strip().lower() if traits.email else None
    if "phone" in given:
        stated[Channel.SMS.value] = _phone(traits.phone, country) if traits.phone else None
    if "push_token" in given:
        stated[Channel.PUSH.value] = traits.push_token
    return stated


def _phone(number: str, country: str | None) -> str:
    """E.164 where the number can be read, so that one phone is one address; else as it came, for the gate to refuse."""
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return number.strip()
    if not phonenumbers.is_possible_number(parsed):
        return number.strip()
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _consent(before: Mapping[str, Mapping[str, str]], traits: Traits) -> Mapping[str, Mapping[str, str]]:
    after = dict(before)
    for channel, purposes in (traits.consent or {}).items():
        stated = {purpose.value: status.value for purpose, status in purposes.items()}
        after[channel.value] = {**before.get(channel.value, {}), **stated}
    return after


def _quiet_hours(traits: Traits) -> dict[str, str] | None:
    return traits.quiet_hours.model_dump() if traits.quiet_hours is not None else None


def _merged(before: Mapping[str, Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**before, **stated}.items() if value is not None}
