"""The countries and time zones that there are, so that a wrong one is refused and does not silently match nobody."""

from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones


def to_country(code: str) -> str:
    """Returns the ISO 3166-1 code in capitals.

    Raises:
        ValueError: There is no such country; the message names it.
    """
    found = code.upper()
    if found not in _countries():
        hint = "; the United Kingdom is 'GB'" if found == "UK" else ""
        raise ValueError(f"{code[:60]!r} is no country; use two letters of ISO 3166-1, such as 'FR'{hint}")
    return found


def to_zone(name: str) -> str:
    """Returns the IANA name of a time zone.

    Raises:
        ValueError: There is no such zone; the message names it.
    """
    if name not in _zones():
        raise ValueError(f"{name[:60]!r} is no IANA time zone; write it like 'Europe/Paris'")
    return name


@cache
def _countries() -> frozenset[str]:
    """Those of the IANA database's own ``iso3166.tab``."""
    text = files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text(encoding="utf-8")
    return frozenset(line.partition("\t")[0] for line in text.splitlines() if line and not line.startswith("#"))


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
