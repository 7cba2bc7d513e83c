"""The IANA names of time zones that a profile may have."""

from functools import cache
from zoneinfo import available_timezones

_NO_PLACE = {"localtime", "Factory"}  # in the database, but the zone of nobody


@cache
def known_time_zones() -> frozenset[str]:
    """Every name of the tz database that this machine has; read once, at the first event that names a zone."""
    return frozenset(available_timezones() - _NO_PLACE)


def to_time_zone(name: str) -> str:
    """Returns the name if it is one.

    Raises:
        ValueError: With the name and the mend.
    """
    if name not in known_time_zones():
        raise ValueError(f"{name[:60]!r} is not an IANA time zone; write it like 'Europe/Paris'")
    return name
