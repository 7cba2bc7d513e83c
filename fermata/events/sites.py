"""The sites that people come from: which one a host or a campaign's source stands for, and what kind of site it is."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib import resources
from urllib.parse import urlsplit

from fermata.errors import ConfigurationError

_EVERY_COUNTRY = ".*"
_ENDING = re.compile(r"com|[a-z]{2}|(?:co|com)\.[a-z]{2}")
_SECOND_LEVEL = frozenset(
    {"ac", "co", "com", "edu", "gov", "net", "or", "org"}
)  # example.co.uk is a site, co.uk is none


class SiteKind(StrEnum):
    """What a site is."""

    SEARCH = "search"
    SOCIAL = "social"
    VIDEO = "video"
    SHOPPING = "shopping"
    MAIL = "mail"
    PASSAGE = "passage"
    """People are sent there to pay or to sign in, and come back: it is not where they came from."""


@dataclass(frozen=True, slots=True)
class Site:
    """A site that is known.

    Args:
        name: For example ``"google"``.
        kind: What it is.
    """

    name: str
    kind: SiteKind


@dataclass(frozen=True)
class Sites:
    """All sites that are known.

    Args:
        by_host: By host, or by host and ``.*`` for all countries of it.
        by_name: By what campaigns call them.
    """

    by_host: Mapping[str, Site]
    by_name: Mapping[str, Site]

    def at(self, host: str) -> Site | None:
        """The site of a host or of one of its subdomains; the longest match decides."""
        for part in _and_parents(host):
            label, _, ending = part.partition(".")
            site = self.by_host.get(part)
            if site is None and _ENDING.fullmatch(ending):
                site = self.by_host.get(label + _EVERY_COUNTRY)
            if site is not None:
                return site
        return None

    def called(self, source: str) -> Site | None:
        """The site that a campaign's source names: ``"Google"``, ``"fb"``, ``"instagram.com"``."""
        name = "".join(filter(str.isalnum, source.casefold()))
        return self.by_name.get(name) or self.at(source.strip().casefold())


@cache
def known_sites() -> Sites:
    """The sites that ship; read once."""
    return read_sites(resources.files("fermata.events").joinpath("presets/sites.toml").read_text(encoding="utf-8"))


def read_sites(document: str) -> Sites:
    """Reads a table of sites.

    Args:
        document: TOML: a table a site, with ``kind``, ``hosts`` and ``names``.

    Raises:
        ConfigurationError: It is no TOML, a kind is unknown, or two sites share a host or a name.
    """
    by_host: dict[str, Site] = {}
    by_name: dict[str, Site] = {}
    try:
        for name, entry in tomllib.loads(document).items():
            site = Site(name, SiteKind(entry["kind"]))
            for place, words in ((by_host, entry["hosts"]), (by_name, entry["names"])):
                for word in words:
                    if place.setdefault(word, site) is not site:
                        raise ConfigurationError(
                            f"{word!r} stands for {place[word].name!r} and for {name!r}; leave it to one of them"
                        )
    except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise ConfigurationError(f"the table of sites cannot be read: {error}") from None
    return Sites(by_host, by_name)


def host_of(url: str) -> str | None:
    """The host of an absolute URL in lower case, without ``www.``; None for everything else.

    An app is a host too: ``android-app://com.google.android.gm/``.
    """
    try:
        host = urlsplit(url.strip()).hostname
    except ValueError:  # "http://[" and its like
        return None
    return host.removeprefix("www.") if host else None


@lru_cache(maxsize=4096)
def same_site(host: str, other: str) -> bool:
    """Whether two hosts belong to one site: ``shop.example.com`` and ``blog.example.com`` do."""
    return _site(host) == _site(other)


def _site(host: str) -> str:
    labels = host.rsplit(".", 3)
    if len(labels) < 3 or labels[-1].isdigit():  # an IP address is itself
        return host
    wide = len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if wide else labels[-2:])


def _and_parents(host: str) -> Iterator[str]:
    yield host
    while "." in host:
        host = host.partition(".")[2]
        yield host
