"""What a phone number tells: whether it can be one, its country, and the time zones it may ring in."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import timezone as phone_zones

_E164 = re.compile(r"\+[1-9]\d{7,14}")
_UNKNOWN_ZONE = "Etc/Unknown"


@lru_cache(maxsize=16384)
def _parsed(number: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None


def is_possible(number: str, country: str | None) -> bool:
    """Returns whether the text can be a phone number, by its length; a national form needs the country.

    A number in E.164 form passes by its form alone: whether it is in use, only the network can tell.
    """
    if _E164.fullmatch(number):
        return True
    parsed = _parsed(number, country)
    return parsed is not None and phonenumbers.is_possible_number(parsed)


def phone_country(number: str) -> str | None:
    """Returns the country (ISO 3166-1 alpha-2) of a number in international form, or None."""
    parsed = _parsed(number, None)
    country = phonenumbers.region_code_for_number(parsed) if parsed is not None else None
    # "001" and its like are networks that belong to no country.
    return country if country and country.isalpha() else None


def phone_time_zones(number: str) -> tuple[str, ...]:
    """Returns the IANA names of the zones that a number in international form may ring in; empty where unknown."""
    parsed = _parsed(number, None)
    if parsed is None:
        return ()
    return tuple(name for name in phone_zones.time_zones_for_number(parsed) if name != _UNKNOWN_ZONE)
