"""``/unsubscribe/{token}``: a page with a button, a list of topics, and the one click of mail programs (RFC 8058)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated

import structlog
from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from api.link_form import Form, read_form, sent_by
from api.page import page
from fermata.channels import Site
from fermata.database import Pool
from fermata.errors import ConfigurationError, NotFound
from fermata.events.message_events import UNSUBSCRIBED
from fermata.events.traits import Topics
from fermata.feedback.sends import message_of
from fermata.ingest import Ingest
from fermata.ingest.own_event import own_event
from fermata.ingest.wishes import Provenance, Word, prefer, state_consent
from fermata.profiles import Profile
from fermata.profiles.by_id import find, strongest_name
from fermata.profiles.consent_entry import ConsentSource
from fermata.profiles.consent_links import ConfirmLink, ConsentLinks, ExpiredLink, UnsubscribeLink
from fermata.profiles.preferences import PreferencesChange
from fermata.vocabulary import Channel, Consent, ConsentPurpose

_log = structlog.get_logger("fermata.api")

Token = Annotated[str, Path(max_length=2000, description="Of a link in a message.")]
CHANNELS = {Channel.EMAIL: "email", Channel.SMS: "text message", Channel.PUSH: "push notification"}
PURPOSES = {ConsentPurpose.MARKETING: "news and offers", ConsentPurpose.PERSONALISATION: "personal recommendations"}
"""In words that people use; what is not here has no link in any message."""
REFUSALS = (NotFound, ConfigurationError)


def router(pool: Pool, door: Ingest, links: ConsentLinks, site: Site) -> APIRouter:
    """The routes. A GET never changes anything: programs that scan mail follow every link in it.

    Args:
        pool: Where consent is kept.
        door: Where the event goes that somebody unsubscribed.
        links: Reads what the link says.
        site: Whom the messages speak for.
    """
    routes = APIRouter(tags=["public"], default_response_class=HTMLResponse)

    @routes.get("/unsubscribe/{token}")
    async def ask(token: Token) -> HTMLResponse:
        """Shows what the link is about, and asks."""
        try:
            link = links.read_unsubscribe(token)
            person = await find(pool, link.profile_id)
        except REFUSALS as error:
            return refusal(error)
        standing = person.consent.get(link.channel.value, {}).get(link.purpose.value)
        topics = [
            {"name": name, "words": name.replace("_", " "), "wanted": person.topics.get(name, True)}
            for name in sorted(_topics(link, person))
        ]
        return page(
            "unsubscribe",
            {**in_words(link, site), "topics": topics, "stopped": standing == Consent.REVOKED.value},
        )

    @routes.post("/unsubscribe/{token}")
    async def take(token: Token, request: Request) -> HTMLResponse:
        """Withdraws at once, also what waits to be sent, and tells journeys; or keeps to the ticked topics."""
        form, now = await read_form(request), datetime.now(UTC)
        try:
            link = links.read_unsubscribe(token)
            if form.get("wish") == ["topics"]:
                refused = await _keep_to(pool, link, form, now)
                return page("topics_saved", {**in_words(link, site), "refused": refused})
            person = await _withdraw(pool, link, form, request, now)
        except REFUSALS as error:
            return refusal(error)
        await _tell(pool, door, link, person, now)
        return page("unsubscribed", in_words(link, site))

    return routes


def in_words(link: UnsubscribeLink | ConfirmLink, site: Site) -> dict[str, object]:
    """What a page says of a link."""
    return {
        "site": site.name,
        "channel": CHANNELS.get(link.channel, link.channel.value),
        "kind": PURPOSES.get(link.purpose, link.purpose.value),
    }


def refusal(error: Exception) -> HTMLResponse:
    """The page for a link that cannot be followed."""
    if isinstance(error, ConfigurationError):
        _log.error("a link cannot be read", reason=str(error))
        why = "This site cannot read its own links at the moment. Whoever runs it finds the reason in the log."
        return page("refused", {"why": why}, status=503)
    why = str(error)
    status = 410 if isinstance(error, ExpiredLink) else 404
    return page("refused", {"why": f"{why[0].upper()}{why[1:]}."}, status=status)


async def _withdraw(pool: Pool, link: UnsubscribeLink, form: Form, request: Request, now: datetime) -> Profile:
    evidence = {
        **sent_by(request),
        "decision_id": str(link.decision_id) if link.decision_id is not None else None,
        "one_click": form.get("List-Unsubscribe") == ["One-Click"],
    }
    word = Word(link.channel, link.purpose, Consent.REVOKED, now)
    provenance = Provenance(ConsentSource.UNSUBSCRIBE_LINK, evidence=evidence)
    return await state_consent(pool, link.profile_id, [word], provenance, now)


async def _tell(pool: Pool, door: Ingest, link: UnsubscribeLink, person: Profile, now: datetime) -> None:
    """Brings the event to the door of all events, as that of a provider's word. Sent twice in a day, it is one."""
    async with pool.acquire() as connection:
        name = await strongest_name(connection, person.id)
        message = await message_of(connection, link.decision_id) if link.decision_id is not None else {}
    if name is None:
        return  # no event finds them
    said = {"channel": link.channel.value, "purpose": link.purpose.value, "topic": link.topic, **message}
    properties = {key: value for key, value in said.items() if value is not None}
    message_id = f"unsubscribe:{sha256(link.model_dump_json().encode()).hexdigest()[:32]}:{now.date()}"
    await door.process([own_event(UNSUBSCRIBED, name, properties, message_id=message_id, at=now)], now)


async def _keep_to(pool: Pool, link: UnsubscribeLink, form: Form, now: datetime) -> list[str]:
    person = await find(pool, link.profile_id)
    shown = set(form.get("topic", ())) & set(_topics(link, person))
    wanted: Topics = {name: name in form.get("keep", ()) for name in shown}
    await prefer(pool, link.profile_id, PreferencesChange(topics=wanted), now)
    return sorted(name.replace("_", " ") for name, keep in wanted.items() if not keep)


def _topics(link: UnsubscribeLink, person: Profile) -> Iterator[str]:
    yield from person.topics
    if link.topic is not None and link.topic not in person.topics:
        yield link.topic
