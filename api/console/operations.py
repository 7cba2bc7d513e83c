"""Operations: how far behind dispatching is, how the providers are, what was set aside, and what the door refused."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response, status
from fastapi.responses import RedirectResponse

from api.console.console_route import ConsoleRoute
from api.console.decisions import pages
from api.console.guard import Guard, Sent, Viewer
from api.console.plain import plain
from api.console.rendering import HEADERS, render
from fermata.access import Scope
from fermata.audit import Act, announced, recorded
from fermata.channels.standings import hold_provider, list_providers, release_provider
from fermata.database import Pool
from fermata.errors import Conflict
from fermata.events import LARGEST_MESSAGE
from fermata.events.verbs import Verbs
from fermata.ingest import (
    Ingest,
    drop_dead_letter,
    list_dead_letters,
    list_rejected,
    resend,
    resend_dead_letter,
)
from fermata.ingest.dead_letters import TryAgain
from fermata.ingest.lag import dispatch_lag
from fermata.ledger.lately import held_now

_HERE = "/console/operations"
_A_PAGE = 10
_MOST_DEAD = 50
_LARGEST_FORM = 4 * LARGEST_MESSAGE  # bytes: a character of a payload takes up to three of them in a form
Text = Annotated[str, Query(max_length=200)]


def router(pool: Pool, guard: Guard, door: Ingest, verbs: Verbs | None, try_again: TryAgain) -> APIRouter:
    """The routes.

    Args:
        pool: Where all of it is kept.
        guard: Who may look and act.
        door: Where rejected events are sent again.
        verbs: The standard events; those that ship where it is None.
        try_again: Has a run's failing code tried again.
    """
    routes = APIRouter(prefix="/operations", route_class=ConsoleRoute)

    @routes.get("")
    async def show(
        request: Request, viewer: Annotated[Viewer, Depends(guard.viewer)], cursor: Text = "", said: Text = ""
    ) -> Response:
        now = datetime.now(UTC)
        dead = await list_dead_letters(pool, limit=_MOST_DEAD)
        rejected = await list_rejected(pool, limit=_A_PAGE, cursor=cursor or None)
        values = {
            **await _queues(pool, now),
            "providers": plain(await list_providers(pool, now)),
            "dead": plain(dead.items),
            "more_dead": dead.next_cursor is not None,
            "rejected": plain(rejected.items),
            "said": said,
            **pages(request.url.path, {}, rejected.next_cursor, cursor),
        }
        return render("operations", viewer, values, title="Operations", section="operations")

    @routes.post("/providers/{name}/hold")
    async def hold(name: str, sent: Annotated[Sent, Depends(guard.sent(Scope.OPERATE))]) -> Response:
        actor = sent.viewer.actor
        async with recorded(pool, Act(actor, "providers.hold", name)) as connection:
            await hold_provider(connection, name, by=actor.name, at=datetime.now(UTC))
        return _back("held")

    @routes.post("/providers/{name}/release")
    async def release(name: str, sent: Annotated[Sent, Depends(guard.sent(Scope.OPERATE))]) -> Response:
        async with recorded(pool, Act(sent.viewer.actor, "providers.release", name)) as connection:
            await release_provider(connection, name)
        return _back("released")

    @routes.post("/dead-letters/{letter}/resend")
    async def deliver(letter: UUID, sent: Annotated[Sent, Depends(guard.sent(Scope.OPERATE))]) -> Response:
        try:
            async with announced(pool, Act(sent.viewer.actor, "dead_letters.resend", f"dead letter {letter}")):
                await resend_dead_letter(pool, door, letter, datetime.now(UTC), try_again)
        except Conflict:
            return _back("failed")
        return _back("resent")

    @routes.post("/dead-letters/{letter}/drop")
    async def drop(letter: UUID, sent: Annotated[Sent, Depends(guard.sent(Scope.OPERATE))]) -> Response:
        try:
            async with announced(pool, Act(sent.viewer.actor, "dead_letters.drop", f"dead letter {letter}")):
                await drop_dead_letter(pool, letter, datetime.now(UTC))
        except Conflict:
            return _back("failed")
        return _back("dropped")

    @routes.post("/rejected/{event}")
    async def send_again(
        event: UUID, sent: Annotated[Sent, Depends(guard.sent(Scope.OPERATE, most=_LARGEST_FORM))]
    ) -> Response:
        mended = sent.text("payload", most=LARGEST_MESSAGE).encode()
        async with announced(pool, Act(sent.viewer.actor, "rejected_events.resend", f"rejected event {event}")):
            receipt = await resend(pool, door, event, mended, datetime.now(UTC), verbs)
        return _back("accepted" if receipt.accepted else "known" if receipt.duplicates else "refused")

    return routes


async def _queues(pool: Pool, now: datetime) -> dict[str, object]:
    """What is on its way to runs, and what is held."""
    lag, held = await asyncio.gather(dispatch_lag(pool), held_now(pool, now))
    return {
        "lag": plain(lag),
        "late": lag.late(now),
        "held": sum(each.messages for each in held),
        "due": sum(each.messages for each in held if each.hour is not None and each.hour <= now),
    }


def _back(said: str) -> Response:
    return RedirectResponse(f"{_HERE}?said={said}", status.HTTP_303_SEE_OTHER, headers=HEADERS)
