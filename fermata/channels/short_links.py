"""Links in text messages, made short: every character there costs, so where they lead stands in Postgres."""

import hmac
import re
from collections.abc import Collection, Sequence
from uuid import UUID

from fermata.channels.site import host_of
from fermata.channels.tracked_links import TrackedLink, TrackedLinks
from fermata.database import Pool, Queries
from fermata.errors import NotFound

_QUERIES = Queries("fermata.channels", "short_links.sql")
_URL = re.compile(r"https?://[^\s<>\"]+")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{12}")
_NOT_ITS_END = ".,;:!?)]}'’”»…"
"""What stands behind an address in a sentence, and seldom belongs to it."""


def shorten(
    text: str, decision_id: UUID, links: TrackedLinks, *, hosts: Collection[str]
) -> tuple[str, tuple[TrackedLink, ...]]:
    """Makes the links of a text lead through here, by short addresses.

    Args:
        text: A rendered text message.
        decision_id: The message's.
        links: Writes them; without a secret the text stays as it is.
        hosts: Those that the authors wrote: see ``TrackedLinks.may_lead``.

    Returns:
        The text, and the links that must be kept before it is sent.
    """
    found: list[TrackedLink] = []

    def through_here(written: re.Match[str]) -> str:
        url = written.group().rstrip(_NOT_ITS_END)
        if not links.may_lead(url, hosts):
            return written.group()
        link = TrackedLink(decision_id, url)
        found.append(link)
        return links.short_url(link) + written.group()[len(url) :]

    if not links.usable:
        return text, ()
    return _URL.sub(through_here, text), tuple(dict.fromkeys(found))


async def keep(pool: Pool, links: TrackedLinks, several: Sequence[TrackedLink]) -> None:
    """Writes down where the links of one message lead.

    Args:
        pool: Where.
        links: That made them.
        several: Of one message.
    """
    if several:
        tokens = [links.short_token(each) for each in several]
        await pool.execute(_QUERIES["keep"], several[0].decision_id, tokens, [each.url for each in several])


async def read(pool: Pool, links: TrackedLinks, token: str) -> TrackedLink:
    """Reads the last part of a short link's address.

    Args:
        pool: Where it is kept.
        links: That made it.
        token: As it came.

    Raises:
        NotFound: It is none of ours, or was cut off.
        ConfigurationError: There is no secret.
    """
    row = await pool.fetchrow(_QUERIES["read"], token) if _TOKEN.fullmatch(token) else None
    if row is not None:
        link = TrackedLink(row["decision_id"], row["url"])
        # Signed as all our links are: what somebody else may have written into the table leads nowhere.
        if hmac.compare_digest(links.short_token(link), token) and host_of(link.url) is not None:
            return link
    raise NotFound("this link is not one of ours, or a part of it is missing; take the whole of it from the message")
