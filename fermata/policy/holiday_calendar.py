"""The holidays of a country and its subdivision, by the ``holidays`` library."""

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=4096)
def holidays_of_year(country: str, subdivision: str | None, kinds: tuple[str, ...], year: int) -> frozenset[date]:
    """Returns the days of the year that are holidays; none where the library does not know the country.

    Args:
        country: ISO 3166-1 alpha-2.
        subdivision: The second part of ISO 3166-2; one that the library does not know leaves the country's holidays.
        kinds: Categories of the library, such as ``public``; one that the country does not have adds nothing.
        year: In the Gregorian calendar.
    """
    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        return frozenset()
    calendar = getattr(holidays, country)
    kept = tuple(kind for kind in kinds if kind in calendar.supported_categories)
    if not kept:
        return frozenset()
    part = subdivision if subdivision in known[country] else None
    return frozenset(holidays.country_holidays(country, subdiv=part, years=year, categories=kept))


def is_holiday(day: date, country: str, subdivision: str | None, kinds: tuple[str, ...]) -> bool:
    """Returns whether the local date is a holiday of one of the kinds there."""
    return day in holidays_of_year(country, subdivision, kinds, day.year)
