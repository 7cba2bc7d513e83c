"""A touch: what an event says of how its person came here, by campaign or by the page that led here. No I/O."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fermata.events.channel_source import channel_of_campaign, channel_of_referrer
from fermata.events.sites import Site, host_of, known_sites, same_site
from fermata.vocabulary import AcquisitionChannel

_LONGEST = 200
_CAMPAIGN = {"source": "source", "medium": "medium", "name": "campaign", "term": "term", "content": "content"}
"""The names of the Segment spec's ``context.campaign``, and ours."""

_UTM = {name: f"utm_{'campaign' if name == 'name' else name}" for name in _CAMPAIGN}
_BY_UTM = {utm: _CAMPAIGN[name] for name, utm in _UTM.items()}
_TELLING = ("page", "campaign", "referrer")

_CLICKS = {
    "gclid": ("google", "cpc"),
    "gbraid": ("google", "cpc"),
    "wbraid": ("google", "cpc"),
    "dclid": ("google", "display"),
    "msclkid": ("bing", "cpc"),
    "ttclid": ("tiktok", "cpc"),
    "twclid": ("x", "cpc"),
    "li_fat_id": ("linkedin", "cpc"),
    "fbclid": ("facebook", None),  # Facebook adds it to every link that leaves it, paid or not
    "igshid": ("instagram", None),
}
"""What ad systems add to a link, and the source and medium that it stands for where the link is not tagged."""


@dataclass(frozen=True, slots=True)
class Touch:
    """How somebody came here.

    Args:
        channel: Which kind of way.
        source: For example ``"google"``: the campaign's, else the site that led here.
        medium, campaign, term, content: As the link was tagged.
        referrer: The host that led here.
    """

    channel: AcquisitionChannel
    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    term: str | None = None
    content: str | None = None
    referrer: str | None = None

    def as_json(self) -> dict[str, str]:
        """What is known of it, as JSON keeps it."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: str(value) for name, value in values if value is not None}


def touch_of(kind: str, properties: Mapping[str, Any], context: Mapping[str, Any]) -> Touch | None:
    """Reads how the person came here: ``context.campaign`` and ``utm_*`` first, then the referrer.

    Args:
        kind: The call of the Segment spec. Only a page says by silence that nobody led here.
        properties, context: Of the event, as they came.

    Returns:
        None where the event does not say, as most do not: within a visit pages lead to each other.
    """
    described = properties if kind in ("page", "screen") else {}
    if not described and context.keys().isdisjoint(_TELLING) and not any(name in properties for name in _UTM.values()):
        return None  # most events of servers and apps
    page = _object(context.get("page"))
    tags = _tags(page, described, properties, context)
    referrer = _referrer(page, described, context)
    own = _first_host(page.get("url"), described.get("url"))
    led_by = host_of(referrer) if referrer else None
    if led_by is not None and own is not None and same_site(led_by, own):
        led_by = None
        referrer = own  # from within: whoever led here did so before
    if tags:
        return _of_campaign(tags, led_by)
    if led_by is not None:
        return _of_referrer(led_by, own)
    if kind == "page" and referrer == "":
        return Touch(AcquisitionChannel.DIRECT)
    return None


def _of_campaign(tags: Mapping[str, str], led_by: str | None) -> Touch:
    sites = known_sites()
    source = tags.get("source")
    site = sites.called(source) if source else _site(led_by)
    if source is None and site is not None:
        source = site.name
    channel = channel_of_campaign(source, tags.get("medium"), tags.get("campaign"), site)
    return Touch(
        channel,
        source or led_by,
        tags.get("medium"),
        tags.get("campaign"),
        tags.get("term"),
        tags.get("content"),
        led_by,
    )


def _of_referrer(led_by: str, own: str | None) -> Touch | None:
    site = _site(led_by)
    if site is None and own is None:
        return None  # it may be our own site
    channel = channel_of_referrer(site)
    return Touch(channel, site.name if site else led_by, referrer=led_by) if channel is not None else None


@lru_cache(maxsize=4096)
def _site(host: str | None) -> Site | None:
    return known_sites().at(host) if host is not None else None


def _tags(
    page: Mapping[str, Any], described: Mapping[str, Any], properties: Mapping[str, Any], context: Mapping[str, Any]
) -> dict[str, str]:
    """What the link was tagged with, by our names. Where several places say it, the first one's word is taken."""
    tags: dict[str, str] = {}
    campaign = _object(context.get("campaign"))
    for theirs, ours in _CAMPAIGN.items():
        _add(tags, ours, campaign.get(theirs))
        _add(tags, ours, properties.get(_UTM[theirs]))
    for theirs, value in _query(page, described):
        if theirs in _BY_UTM:
            _add(tags, _BY_UTM[theirs], value)
        elif theirs in _CLICKS and "medium" not in tags:
            source, medium = _CLICKS[theirs]
            _add(tags, "source", source)
            _add(tags, "medium", medium)
    return tags


def _add(tags: dict[str, str], name: str, value: object) -> None:
    if isinstance(value, str) and value.strip():
        tags.setdefault(name, value.strip()[:_LONGEST])


def _query(page: Mapping[str, Any], described: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The parameters of the page's address, those of campaigns before those of clicks."""
    found: list[tuple[str, str]] = []
    for place in (page, described):
        search, url = place.get("search"), place.get("url")
        if isinstance(search, str) and _may_tell(search):
            found.extend(parse_qsl(search.removeprefix("?")))
        if isinstance(url, str) and _may_tell(url):
            found.extend(_parameters(url))
    return iter(sorted(found, key=lambda each: each[0] in _CLICKS))


def _may_tell(text: str) -> bool:
    # Most addresses carry nothing of the kind, and reading one costs more than this look.
    return "utm_" in text or "id=" in text


def _parameters(url: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(url).query)
    except ValueError:  # "http://[" and its like
        return []


def _referrer(page: Mapping[str, Any], described: Mapping[str, Any], context: Mapping[str, Any]) -> str | None:
    """The address that led here, "" where the page says that none did, None where nothing is said."""
    whole = context.get("referrer")
    for said in (page.get("referrer"), described.get("referrer"), whole, _object(whole).get("url")):
        if isinstance(said, str):
            return said.strip()
    return None


def _first_host(*urls: object) -> str | None:
    hosts = (host_of(url) for url in urls if isinstance(url, str))
    return next((host for host in hosts if host is not None), None)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
