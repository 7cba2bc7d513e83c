"""In which time zones a profile may be, and where that was learnt."""

from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from fermata.policy.facts import ProfileFacts
from fermata.policy.phone_number import phone_time_zones
from fermata.policy.zones import year_of_offsets, zone
from fermata.vocabulary import Channel


class CandidateZones(NamedTuple):
    """The zones whose clocks all must allow a message.

    Args:
        names: IANA names, at least one; zones that keep the same time all year are given once.
        source: ``profile``, ``device``, ``phone``, ``country`` or ``policy``.
    """

    names: tuple[str, ...]
    source: str

    @property
    def text(self) -> str:
        """For traces: "America/New_York (profile)"."""
        first, others = self.names[0], len(self.names) - 1
        return f"{first} ({self.source})" if not others else f"{first} and {others} more ({self.source})"


def candidate_zones(profile: ProfileFacts, country: str | None, fallback: tuple[str, ...], year: int) -> CandidateZones:
    """Returns the profile's zone, or else those of the first source that knows any.

    Args:
        profile: Its own zone, its device's and its phone number are asked in this order.
        country: Asked next: all the zones of the country of the profile's region.
        fallback: Taken when none of them knows.
        year: For which zones are compared.
    """
    if profile.timezone is not None:
        return CandidateZones((profile.timezone,), "profile")
    if profile.device_timezone is not None:
        return CandidateZones((profile.device_timezone,), "device")
    number = profile.addresses.get(Channel.SMS)
    names = phone_time_zones(number) if number else ()
    if names:
        return CandidateZones(_distinct(names, year), "phone")
    names = _zones_by_country().get(country, ()) if country else ()
    if names:
        return CandidateZones(_distinct(names, year), "country")
    return CandidateZones(_distinct(fallback, year), "policy")


@lru_cache(maxsize=4096)
def _distinct(names: tuple[str, ...], year: int) -> tuple[str, ...]:
    """Leaves out the zones that keep the same time as an earlier one, this year and next: they change no answer."""
    kept: dict[object, str] = {}
    for name in names:
        kept.setdefault((year_of_offsets(name, year), year_of_offsets(name, year + 1)), name)
    return tuple(kept.values())


@lru_cache(maxsize=1)
def _zones_by_country() -> dict[str, tuple[str, ...]]:
    """The zones of each country, from the IANA database's own ``zone.tab``."""
    found: dict[str, list[str]] = {}
    text = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            country, _, name = line.split("\t")[:3]
            if _is_known(name):
                found.setdefault(country, []).append(name)
    return {country: tuple(names) for country, names in found.items()}


def _is_known(name: str) -> bool:
    """A machine whose own zone files are older than ``tzdata``'s list may lack a new zone."""
    try:
        zone(name)
    except ValueError:
        return False
    return True
