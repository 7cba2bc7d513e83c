"""``/l/{token}`` and ``/s/{token}``: a link of a message, followed through here on its way to where it leads."""

import asyncio
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated

import structlog
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from api.unsubscribing import REFUSALS, refusal
from fermata.channels.short_links import read
from fermata.channels.tracked_links import TrackedLink, TrackedLinks
from fermata.database import AWAY, Pool
from fermata.errors import Unavailable
from fermata.feedback import Feedback, FeedbackDoor
from fermata.vocabulary import FeedbackKind

_log = structlog.get_logger("fermata.api")
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
_LOST: tuple[type[Exception], ...] = (*AWAY, Unavailable)
_PATIENCE = 2.0  # seconds that somebody waits for our sake, at most
_LOOKS_AHEAD = ("prefetch", "prerender", "preview")

Token = Annotated[str, Path(max_length=4000, description="Of a link in a message.")]


def router(pool: Pool, door: FeedbackDoor, links: TrackedLinks) -> APIRouter:
    """The routes.

    Args:
        pool: Where it stands where short links lead.
        door: Where a click goes.
        links: Reads where a link leads. One that we have not signed leads nowhere.
    """
    routes = APIRouter(tags=["public"])

    @routes.head("/l/{token}", include_in_schema=False)
    async def look(token: Token) -> Response:
        """Tells where a link leads: programs that scan mail ask so, and nobody has clicked."""
        return _lead(_read(links, token))

    @routes.get("/l/{token}", status_code=302, response_class=RedirectResponse)
    async def follow(token: Token, request: Request) -> Response:
        """Puts the click on record and leads on.

        The first click on each link of a message counts; journeys hear of it as ``Email Link Clicked`` or
        ``Push Notification Tapped``.
        """
        return await _follow(door, _read(links, token), request)

    @routes.head("/s/{token}", include_in_schema=False)
    async def look_at_short(token: Token) -> Response:
        """The same for the short link of a text message: phones show what lies behind one."""
        return _lead(await _read_short(pool, links, token))

    @routes.get("/s/{token}", status_code=302, response_class=RedirectResponse)
    async def follow_short(token: Token, request: Request) -> Response:
        """The same for the short link of a text message; journeys hear of it as ``SMS Link Clicked``."""
        return await _follow(door, await _read_short(pool, links, token), request)

    return routes


def _read(links: TrackedLinks, token: str) -> TrackedLink | Response:
    try:
        return links.read(token)
    except REFUSALS as error:
        return refusal(error)


async def _read_short(pool: Pool, links: TrackedLinks, token: str) -> TrackedLink | Response:
    try:
        return await read(pool, links, token)
    except REFUSALS as error:
        return refusal(error)


def _lead(link: TrackedLink | Response) -> Response:
    """Where a link leads; or the page that says why it leads nowhere."""
    return link if isinstance(link, Response) else RedirectResponse(link.url, status_code=302, headers=_HEADERS)


async def _follow(door: FeedbackDoor, link: TrackedLink | Response, request: Request) -> Response:
    if isinstance(link, TrackedLink) and not _ahead(request):
        await _record(door, link)
    return _lead(link)


def _ahead(request: Request) -> bool:
    """Whether a program fetches the page in case somebody will click."""
    purpose = " ".join(request.headers.get(name, "") for name in ("purpose", "sec-purpose", "x-moz", "x-purpose"))
    return any(word in purpose.lower() for word in _LOOKS_AHEAD)


async def _record(door: FeedbackDoor, link: TrackedLink) -> None:
    now = datetime.now(UTC)
    # The same link again is the same word: however often somebody follows it, it is one click to journeys.
    name = sha256(link.decision_id.bytes + link.url.encode()).hexdigest()[:32]
    word = Feedback(
        source="links",
        source_id=name,
        kind=FeedbackKind.CLICKED,
        occurred_at=now,
        decision_id=link.decision_id,
        link_url=link.url,
    )
    try:
        async with asyncio.timeout(_PATIENCE):
            await door.take([word], now)
    except _LOST as error:
        # The person goes where they wanted to; only our knowing of it is lost.
        _log.warning("a click is not on record", decision_id=str(link.decision_id), reason=str(error))
