"""Which region's law holds for a profile, and where that was learnt: address, then device, then phone number."""

from typing import NamedTuple

from fermata.policy.facts import ProfileFacts
from fermata.policy.phone_number import phone_country
from fermata.vocabulary import Channel


class Region(NamedTuple):
    """A region, as far as it is known.

    Args:
        country: ISO 3166-1 alpha-2 in capitals, or None.
        subdivision: The second part of ISO 3166-2 in capitals, or None.
        source: ``address``, ``device``, ``phone`` or ``unknown``.
    """

    country: str | None
    subdivision: str | None
    source: str

    @property
    def text(self) -> str:
        """For traces: "US-NY (address)"."""
        place = "-".join(part for part in (self.country, self.subdivision) if part)
        return f"{place} ({self.source})" if place else self.source


UNKNOWN = Region(None, None, "unknown")


def region_of(profile: ProfileFacts) -> Region:
    """Returns the first region that address, device and phone number, in this order, tell of."""
    if profile.country is not None:
        return Region(profile.country, _subdivision(profile.country, profile.subdivision), "address")
    if profile.device_country is not None:
        return Region(profile.device_country, None, "device")
    number = profile.addresses.get(Channel.SMS)
    country = phone_country(number) if number else None
    return Region(country, None, "phone") if country else UNKNOWN


def _subdivision(country: str, subdivision: str | None) -> str | None:
    if not subdivision:
        return None
    return subdivision.upper().removeprefix(f"{country}-")
