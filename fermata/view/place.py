"""Where a person is, as far as it is known, and what the clock on their wall shows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from fermata.policy import ProfileFacts
from fermata.policy.candidate_zones import candidate_zones
from fermata.policy.region import region_of
from fermata.profiles.stated import DEVICE_LOCATION
from fermata.view.shown import Shown
from fermata.view.subject import Subject

_UNKNOWN = ("UTC",)


class Place(Shown):
    """Where a person is, and from what that is known."""

    time_zone: str | None
    """IANA name. Of several that they may be in the first: messages keep to the windows of all. Null for unknown."""
    time_zones: int
    """In how many zones of different time they may be; 0 for unknown."""
    time_zone_source: Literal["profile", "device", "phone", "country", "unknown"]
    """What the zone is known from."""
    local_time: datetime | None
    """The present on the clock of that zone, with its offset."""
    country: str | None
    """ISO 3166-1, two letters."""
    subdivision: str | None
    """The second part of ISO 3166-2, for example `NY`."""
    country_source: Literal["address", "device", "phone", "unknown"]
    """What the country is known from: whose law holds."""
    city: str | None
    """As it was written."""
    city_source: Literal["address", "device", "unknown"]
    """What the city is known from."""
    locale: str | None
    """For example `fr-FR`."""
    device_time_zone: str | None
    """The zone that their device reported last."""
    device_country: str | None
    """Where that device was."""


def place(subject: Subject) -> Place:
    """Returns where the person is, looked for in the order in which decisions look for it."""
    row = subject.profile
    facts = ProfileFacts(
        id=str(subject.id),
        timezone=row["time_zone"],
        country=row["country"],
        subdivision=row["subdivision"],
        device_timezone=row["device_time_zone"],
        device_country=row["device_country"],
        addresses=row["addresses"],
    )
    region = region_of(facts)
    zones = candidate_zones(facts, region.country, _UNKNOWN, subject.now.year)
    known = zones.source != "policy"
    return Place.model_validate(
        {
            "time_zone": zones.names[0] if known else None,
            "time_zones": len(zones.names) if known else 0,
            "time_zone_source": zones.source if known else "unknown",
            "local_time": on_the_wall(subject.now, zones.names[0]) if known else None,
            "country": region.country,
            "subdivision": region.subdivision,
            "country_source": region.source,
            **_city(row["traits"]),
            "locale": row["locale"],
            "device_time_zone": row["device_time_zone"],
            "device_country": row["device_country"],
        }
    )


def _city(traits: Mapping[str, Any]) -> dict[str, str | None]:
    for source, trait in (("address", "address"), ("device", DEVICE_LOCATION)):
        stated = traits.get(trait)
        city = stated.get("city") if isinstance(stated, dict) else None
        if isinstance(city, str) and city.strip():
            return {"city": city.strip(), "city_source": source}
    return {"city": None, "city_source": "unknown"}


def on_the_wall(instant: datetime, zone: str | None) -> datetime:
    """Returns an instant with the offset of a zone.

    Args:
        instant: Aware.
        zone: IANA name; None for UTC.
    """
    return instant.astimezone(ZoneInfo(zone or "UTC"))
