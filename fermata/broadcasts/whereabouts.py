"""In which time zones a member of a segment may be: found as the policy finds it, for a million people in seconds."""

from functools import lru_cache
from typing import NamedTuple

from fermata.policy import ProfileFacts
from fermata.policy.candidate_zones import CandidateZones, candidate_zones
from fermata.policy.region import region_of


class Whereabouts(NamedTuple):
    """What is on record of where somebody is; None for what is not.

    Args:
        time_zone: By their own word.
        device_time_zone: By their device.
        country: Of their address.
        device_country: Where their device was.
        subdivision: Of their address.
        phone: Their number.
    """

    time_zone: str | None = None
    device_time_zone: str | None = None
    country: str | None = None
    device_country: str | None = None
    subdivision: str | None = None
    phone: str | None = None

    def zones(self, fallback: tuple[str, ...], year: int) -> CandidateZones:
        """Returns the zones that they may be in.

        Args:
            fallback: Those of the policy, for somebody of whom nothing is known.
            year: For which zones are compared.
        """
        known = self.time_zone or self.device_time_zone
        # What decides is all that is remembered: most people share it with many others.
        return _zones(Whereabouts(self.time_zone, self.device_time_zone) if known else self, fallback, year)


@lru_cache(maxsize=65_536)
def _zones(where: Whereabouts, fallback: tuple[str, ...], year: int) -> CandidateZones:
    facts = ProfileFacts.model_validate(
        {
            "timezone": where.time_zone,
            "device_timezone": where.device_time_zone,
            "country": where.country,
            "device_country": where.device_country,
            "subdivision": where.subdivision,
            "addresses": {"sms": where.phone} if where.phone else {},
        }
    )
    return candidate_zones(facts, region_of(facts).country, fallback, year)
