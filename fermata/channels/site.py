"""Whom the messages speak for: name, address on the web, postal address."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from fermata.errors import ConfigurationError

_NOT_IN_A_URL = re.compile(r"[\x00-\x20\x7f<>\"'\\`{}|^]|[^\x00-\x7f]")
_LONGEST_URL = 2000


@dataclass(frozen=True, slots=True)
class Site:
    """The shop or product that writes to the person. Templates see it as ``site``.

    Args:
        name: As people know it.
        url: Its address on the web; links in messages lead there or to pages under the same host. None leaves
            messages without links.
        address: Its postal address, in one line, for the foot of an email.

    Raises:
        ConfigurationError: The url is not an http or https address.
    """

    name: str = "our shop"
    url: str | None = None
    address: str | None = None

    def __post_init__(self) -> None:
        if self.url is not None and host_of(self.url) is None:
            raise ConfigurationError(f"the site's url {self.url!r} is no web address; write it as https://host/path")

    def link(self, url: object) -> str | None:
        """The url, if it leads to this site; else the site's own; else None.

        The write key of a shop stands in its pages for all to read, so anyone can send an event with any url in it.
        A link in a message may therefore only lead home.

        Args:
            url: What an event or trait holds; anything at all.
        """
        home = host_of(self.url) if self.url else None
        host = host_of(url) if isinstance(url, str) else None
        if home is not None and host is not None and (host == home or host.endswith(f".{home}")):
            return str(url)
        return self.url


def host_of(url: str) -> str | None:
    """The host of an http or https address, in small letters; None where it is no such address, or only looks so."""
    if len(url) > _LONGEST_URL or _NOT_IN_A_URL.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    # "https://shop.example@elsewhere.example/" looks like home and leads elsewhere.
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or port == 0:
        return None
    return parts.hostname
