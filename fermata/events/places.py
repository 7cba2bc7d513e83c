"""Codes of places: what a sender calls a country or a part of one, as ISO 3166 writes it.

A whole name is as good as a code: "United States" is no guess. What is neither stays unknown, for a rule of law may not
rest on a guess.
"""

from functools import cache, lru_cache
from importlib.resources import files

import holidays

_OTHER_NAMES = {
    "GB": ("UK", "United Kingdom", "Great Britain", "Britain"),
    "US": ("USA", "United States of America"),
    "GR": ("EL", "Hellas"),
    "AE": ("UAE",),
    "AT": ("Österreich",),
    "BE": ("België", "Belgique"),
    "BR": ("Brasil",),
    "CD": ("Democratic Republic of the Congo",),
    "CG": ("Republic of the Congo",),
    "CH": ("Schweiz", "Suisse", "Svizzera"),
    "CI": ("Ivory Coast",),
    "CZ": ("Czechia", "Česko"),
    "DE": ("Deutschland",),
    "DK": ("Danmark",),
    "ES": ("España",),
    "FI": ("Suomi",),
    "IT": ("Italia",),
    "KP": ("North Korea",),
    "KR": ("South Korea", "Republic of Korea"),
    "MM": ("Myanmar",),
    "MX": ("México",),
    "NL": ("The Netherlands", "Nederland"),
    "NO": ("Norge",),
    "PL": ("Polska",),
    "RU": ("Russian Federation",),
    "SE": ("Sverige",),
    "TR": ("Türkiye",),
    "TW": ("Taiwan",),
    "VN": ("Viet Nam",),
}
"""Names and codes in use beside those of the list."""

_LONGEST_CODE = 3


def country_code(text: str | None) -> str | None:
    """The code of a country (ISO 3166-1, two letters in capitals).

    Args:
        text: A code or a name: ``"fr"``, ``"France"``, ``"UK"``, ``"United States"``.

    Returns:
        None where no country is called so.
    """
    return _countries().get(_key(text)) if text else None


def subdivision_code(text: str | None, country: str | None) -> str | None:
    """The code of a part of a country: the second half of ISO 3166-2 in capitals.

    Args:
        text: A code or a name: ``"ny"``, ``"US-NY"``, ``"New York"``.
        country: Its country's code; without it no name is known.

    Returns:
        None where it is neither a code nor a name that is known of the country.
    """
    if not text:
        return None
    named = _subdivisions(country).get(_key(text)) if country else None
    if named is not None:
        return named
    code = text.strip().upper()
    prefix, dash, rest = code.partition("-")
    if dash and len(prefix) == 2 and prefix.isalpha():
        code = rest
    return code if len(code) <= _LONGEST_CODE and code.isascii() and code.isalnum() else None


def _key(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


@cache
def _countries() -> dict[str, str]:
    """By code and by name: those of the IANA database's own ``iso3166.tab``, and the other names; read once."""
    known: dict[str, str] = {}
    text = files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            code, _, name = line.partition("\t")
            known[_key(code)] = known[_key(name)] = code
    for code, names in _OTHER_NAMES.items():
        known.update(dict.fromkeys(map(_key, names), code))
    return known


@lru_cache(maxsize=256)
def _subdivisions(country: str) -> dict[str, str]:
    """The parts of a country by name, as far as the calendar of its holidays knows them."""
    calendar = getattr(holidays, country, None)
    if calendar is None:
        return {}
    return {_key(name): code for name, code in calendar.subdivisions_aliases.items()}
