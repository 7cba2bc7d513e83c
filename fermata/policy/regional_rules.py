"""The legal facts of each region, read from the preset that ships: hours, caps, and where marketing needs a grant."""

import tomllib
from datetime import date
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Literal

from fermata.policy.cap import Cap
from fermata.policy.tables import MessageChannel, Table
from fermata.policy.window import WindowField, window_default
from fermata.vocabulary import Channel


class RegionalRule(Table):
    """What one region's law or custom asks of marketing.

    Args:
        channels: The channels it speaks of.
        window: The hours in which it allows them, in local time.
        holidays: ``never``: not on a public holiday either.
        caps: How often it allows them, by address.
        source: The statute, rule or practice.
        effective: Since when, where it is known.
        grade: How good the source is.
    """

    channels: tuple[MessageChannel, ...]
    window: WindowField = window_default("always")
    holidays: Literal["never"] | None = None
    caps: tuple[Cap, ...] = ()
    source: str
    effective: date | None = None
    grade: Literal["primary", "secondary", "primary for calls"]


class OptIn(Table):
    """Where marketing needs an explicit grant.

    Args:
        regions: Countries and groups of countries.
        everywhere: Channels that need it in every region.
    """

    regions: tuple[str, ...]
    everywhere: tuple[MessageChannel, ...]


class RegionalRules(Table):
    """All the regions.

    Args:
        rules: By country (``us``), by country and subdivision (``us-fl``), and ``default``.
        opt_in: Where marketing needs an explicit grant.
        groups: What a group's name stands for: countries and other groups.
    """

    rules: dict[str, RegionalRule]
    opt_in: OptIn
    groups: dict[str, tuple[str, ...]]

    @cached_property
    def _opt_in_countries(self) -> frozenset[str]:
        countries: set[str] = set()
        names = list(self.opt_in.regions)
        while names:
            name = names.pop()
            names.extend(self.groups.get(name, ()))
            countries.add(name.upper())
        return frozenset(countries)

    def for_region(self, country: str | None, subdivision: str | None) -> tuple[tuple[str, RegionalRule], ...]:
        """Returns the rules that hold together for a profile there, by name: country first, then subdivision.

        Args:
            country: ISO 3166-1 alpha-2 in capitals; None where it is unknown.
            subdivision: The second part of ISO 3166-2 in capitals; None where it is unknown.
        """
        code = (country or "").lower()
        names = [name for name in (code, f"{code}-{(subdivision or '').lower()}") if name in self.rules]
        return tuple((name, self.rules[name]) for name in names or ["default"])

    def needs_grant(self, country: str | None, channel: Channel) -> bool:
        """Returns whether marketing on the channel needs an explicit grant in the country."""
        return channel in self.opt_in.everywhere or country in self._opt_in_countries


@lru_cache(maxsize=1)
def shipped_rules() -> RegionalRules:
    """Returns the rules of ``presets/regional.toml``: facts of this version, as fixed as its code."""
    text = files("fermata.policy").joinpath("presets/regional.toml").read_text(encoding="utf-8")
    return RegionalRules.model_validate(tomllib.loads(text))


@lru_cache(maxsize=4096)
def shipped_rules_for(
    country: str | None, subdivision: str | None, channel: Channel
) -> tuple[tuple[str, RegionalRule], ...]:
    """Returns those of them that hold for a channel in a region, by name.

    Args:
        country: ISO 3166-1 alpha-2 in capitals, or None.
        subdivision: The second part of ISO 3166-2 in capitals, or None.
        channel: The channel.
    """
    rules = shipped_rules().for_region(country, subdivision)
    return tuple((name, rule) for name, rule in rules if channel in rule.channels)
