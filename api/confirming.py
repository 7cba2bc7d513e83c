"""``/confirm/{token}``: the second yes of a double opt-in, said by the person themselves."""

from datetime import UTC, datetime
from hashlib import sha256

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.link_form import sent_by
from api.page import page
from api.unsubscribing import REFUSALS, Token, in_words, refusal
from fermata.channels import Site
from fermata.database import Pool
from fermata.ingest import Ingest
from fermata.ingest.own_event import own_event
from fermata.ingest.wishes import Provenance, Word, state_consent
from fermata.profiles import Profile
from fermata.profiles.by_id import find, strongest_name
from fermata.profiles.consent_entry import ConsentSource
from fermata.profiles.consent_links import ConfirmLink, ConsentLinks
from fermata.profiles.preferences import PreferencesChange
from fermata.profiles.subscription import SUBSCRIPTION_CONFIRMED
from fermata.vocabulary import Consent

WORDING = "Yes, subscribe me"


def router(pool: Pool, door: Ingest, links: ConsentLinks, site: Site) -> APIRouter:
    """The routes. A GET never changes anything: programs that scan mail follow every link in it.

    Args:
        pool: Where consent is kept.
        door: Where the event goes that it was confirmed.
        links: Reads what the link says.
        site: Whom the messages speak for.
    """
    routes = APIRouter(tags=["public"], default_response_class=HTMLResponse)

    @routes.get("/confirm/{token}")
    async def ask(token: Token) -> HTMLResponse:
        """Shows what the link is about, and asks."""
        try:
            link = links.read_confirm(token, datetime.now(UTC))
            await find(pool, link.profile_id)
        except REFUSALS as error:
            return refusal(error)
        topic = link.topic.replace("_", " ") if link.topic is not None else None
        return page("confirm", {**in_words(link, site), "topic": topic, "wording": WORDING})

    @routes.post("/confirm/{token}")
    async def take(token: Token, request: Request) -> HTMLResponse:
        """Grants, with what shows it, and tells journeys. The same link again changes nothing."""
        now = datetime.now(UTC)
        try:
            link = links.read_confirm(token, now)
            person = await _grant(pool, link, request, now)
        except REFUSALS as error:
            return refusal(error)
        await _tell(pool, door, link, person, now)
        granted = person.consent.get(link.channel.value, {}).get(link.purpose.value) == Consent.GRANTED.value
        return page("confirmed", {**in_words(link, site), "granted": granted})

    return routes


async def _grant(pool: Pool, link: ConfirmLink, request: Request, now: datetime) -> Profile:
    evidence = {
        **sent_by(request),
        "decision_id": str(link.decision_id) if link.decision_id is not None else None,
        "form_url": str(request.url.replace(path="/confirm", query="")),
        "wording": WORDING,
    }
    provenance = Provenance(ConsentSource.DOUBLE_OPT_IN, message_id=_message_id(link), evidence=evidence)
    word = Word(link.channel, link.purpose, Consent.GRANTED, now)
    wanted = PreferencesChange(topics={link.topic: True}) if link.topic is not None else None
    return await state_consent(pool, link.profile_id, [word], provenance, now, also=wanted)


async def _tell(pool: Pool, door: Ingest, link: ConfirmLink, person: Profile, now: datetime) -> None:
    """Brings the event to the door of all events. Clicked again after a crash in between, the link sends it then."""
    async with pool.acquire() as connection:
        name = await strongest_name(connection, person.id)
    if name is None:
        return  # nobody could have asked for it
    asked = {"channel": link.channel.value, "purpose": link.purpose.value, "topic": link.topic}
    properties = {key: value for key, value in asked.items() if value is not None}
    event = own_event(SUBSCRIPTION_CONFIRMED, name, properties, message_id=_message_id(link), at=now)
    await door.process([event], now)


def _message_id(link: ConfirmLink) -> str:
    """The same for the same link, however often it is followed."""
    return f"confirm:{sha256(link.model_dump_json().encode()).hexdigest()[:32]}"
