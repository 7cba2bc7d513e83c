"""Links in messages that lead through here, so that a click is known, and then to where they led before."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser
from uuid import UUID

from pydantic import SecretStr

from fermata.channels.site import host_of
from fermata.errors import NotFound
from fermata.signed_token import read_signed, sign, signature

_KIND = "TrackedLink"
_OUR_OWN = ("unsubscribe", "confirm", "l", "s")
_SHORT_KIND = "ShortLink"
_SHORT = 9  # bytes, twelve characters: nobody finds one of a billion links within a billion of billions of guesses
_ATTRIBUTE = re.compile(r"""([^\s/>=][^\s/>=]*)(?:(\s*=\s*)("[^"]*"|'[^']*'|[^\s>"'][^\s>]*))?""")
"""One attribute of a tag, its value as a whole: what stands inside of a quoted value is no attribute."""


@dataclass(frozen=True, slots=True)
class TrackedLink:
    """What such a link says.

    Args:
        decision_id: The message's.
        url: Where it leads.
    """

    decision_id: UUID
    url: str


class TrackedLinks:
    """Writes and reads such links. The address that a link leads to stands in it, signed: nothing is stored.

    Args:
        secret: ``FERMATA_SECRET_KEY``; without it links stay as they are.
        public_url: Where people's browsers reach the API.
        site_url: The site's own address; links to it are ours to lead through here.
        short_url: A shorter name of the API's, for links in texts; ``public_url`` where it is None.
    """

    def __init__(
        self, secret: SecretStr | None, public_url: str, site_url: str | None = None, short_url: str | None = None
    ) -> None:
        self._secret = secret
        self._public_url = public_url.rstrip("/")
        self._short_url = short_url.rstrip("/") if short_url is not None else self._public_url
        bases = (self._public_url, self._short_url)
        self._our_own = tuple(f"{base}/{path}/" for base in bases for path in _OUR_OWN)
        self._home = host_of(site_url) if site_url is not None else None

    @property
    def usable(self) -> bool:
        """Whether there is a secret to sign with."""
        return self._secret is not None

    def url(self, link: TrackedLink) -> str:
        """The link's address.

        Raises:
            ConfigurationError: There is no secret.
        """
        return f"{self._public_url}/l/{sign(self._secret, _KIND, link.decision_id.bytes + link.url.encode())}"

    def read(self, token: str) -> TrackedLink:
        """Reads the last part of a link's address.

        Raises:
            NotFound: It is none of ours, or was cut off.
            ConfigurationError: There is no secret.
        """
        payload = read_signed(self._secret, _KIND, token)
        if payload is not None and len(payload) > 16:
            url = payload[16:].decode("utf-8", "replace")
            if host_of(url) is not None:
                return TrackedLink(UUID(bytes=payload[:16]), url)
        raise NotFound("this link is not one of ours, or a part of it is missing; take the whole of it from the mail")

    def short_token(self, link: TrackedLink) -> str:
        """The name of a link where each character counts: always the same, and made by nobody who has not our key.

        Raises:
            ConfigurationError: There is no secret.
        """
        signed = signature(self._secret, _SHORT_KIND, link.decision_id.bytes + link.url.encode())
        return urlsafe_b64encode(signed[:_SHORT]).decode()

    def short_url(self, link: TrackedLink) -> str:
        """Its address with that name. Where it leads does not stand in it: see ``fermata.channels.short_links``.

        Raises:
            ConfigurationError: There is no secret.
        """
        return f"{self._short_url}/s/{self.short_token(link)}"

    def may_lead(self, url: str, hosts: Collection[str]) -> bool:
        """Whether a link may lead through here.

        Only one that leads to the site, or to a host that the message's authors wrote themselves. What else stands in
        a message came from an event, and anybody can send one: a link of ours that leads where a stranger wants would
        lend them our name. Our own links, to unsubscribe by and to confirm, stay as they are.

        Args:
            url: Any.
            hosts: Those that the authors wrote.
        """
        host = host_of(url)
        if host is None or url.startswith(self._our_own):
            return False
        at_home = self._home is not None and (host == self._home or host.endswith(f".{self._home}"))
        return at_home or host in hosts

    def rewrite(self, html: str, decision_id: UUID, *, hosts: Collection[str]) -> str:
        """Makes the links of a mail lead through here.

        Those that ``may_lead``, but for a link that its author marks ``data-untracked``.

        Args:
            html: A rendered document.
            decision_id: The message's.
            hosts: Those that the authors wrote.
        """
        if not self.usable:
            return html

        def through_here(url: str) -> str | None:
            return self.url(TrackedLink(decision_id, url)) if self.may_lead(url, hosts) else None

        return _Rewriter(html, through_here).written()


NO_TRACKED_LINKS = TrackedLinks(None, "")
"""Of a deployment without a secret."""


class _Rewriter(HTMLParser):
    """Finds the links of a document as a browser does, and changes their addresses and nothing else."""

    def __init__(self, html: str, change: Callable[[str], str | None]) -> None:
        super().__init__(convert_charrefs=False)
        self._html = html
        self._change = change
        self._starts = [0]
        self._starts.extend(found.end() for found in re.finditer("\n", html))
        self._changes: list[tuple[int, int, str]] = []

    def written(self) -> str:
        """The document with its links changed."""
        self.feed(self._html)
        self.close()
        pieces: list[str] = []
        end = 0
        for start, stop, words in self._changes:
            pieces += (self._html[end:start], words)
            end = stop
        return "".join([*pieces, self._html[end:]])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        written = self.get_starttag_text()
        url = next((value for name, value in attrs if name == "href"), None)
        if tag not in ("a", "area") or written is None or not url or any(name == "data-untracked" for name, _ in attrs):
            return
        found = next(
            (each for each in _ATTRIBUTE.finditer(written, 1 + len(tag)) if each.group(1).lower() == "href"), None
        )
        # Where the parser and we read the tag in two ways, nobody knows how a mail program reads it: it stays.
        if found is None or found.group(3) is None or unescape(_unquoted(found.group(3))) != url:
            return
        changed = self._change(url.strip())
        if changed is not None:
            line, column = self.getpos()
            start = self._starts[line - 1] + column
            self._changes.append((start + found.start(3), start + found.end(3), f'"{escape(changed)}"'))


def _unquoted(value: str) -> str:
    return value[1:-1] if value[0] in "\"'" else value
