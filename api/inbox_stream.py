"""``/api/v1/inbox/{profile}/stream``: an inbox as it changes, as server-sent events."""

from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Header
from pydantic import TypeAdapter
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.inbox_access import InboxAccess, inbox_access
from fermata.access import Keys, Scope
from fermata.channels import InboxItem
from fermata.channels.inbox_notices import InboxNotices
from fermata.channels.inbox_place import Place
from fermata.channels.inbox_session import InboxSessions
from fermata.channels.inbox_stream import BadgeIsNow, CardIsGone, CardIsNow, Change, Told, WholeInbox, follow
from fermata.database import AWAY, Pool
from fermata.profiles.by_id import find

_log = structlog.get_logger("fermata.api")

HEARTBEAT = 15.0
"""Seconds between signs of life: proxies and phones end what is silent for long."""

LONGEST_SEND = 10.0
"""Seconds that a reader may take for one event. Whoever is slower is cut off, and comes again when they can."""

_RETRY = 2000  # milliseconds until a browser comes again
_ITEMS = TypeAdapter(list[InboxItem])
_DOCUMENTED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events `inbox` (`{items, unread}`: all of it, in place of what was known), `card` (one that "
        "came or changed), `gone` (`{id}`), `badge` (`{unread}`).",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
    503: {"description": "As many streams are open as this process holds. Come again after `Retry-After`."},
}


def router(pool: Pool, keys: Keys, sessions: InboxSessions, notices: InboxNotices) -> APIRouter:
    """The route.

    Args:
        pool: Where cards are kept.
        keys: Who may see all inboxes.
        sessions: Who may see their own.
        notices: What wakes streams.
    """
    routes = APIRouter(prefix="/api/v1/inbox", tags=["inbox"])
    reader = Annotated[InboxAccess, Depends(inbox_access(keys, sessions, Scope.READ))]

    @routes.get("/{profile}/stream", response_class=EventSourceResponse, responses=_DOCUMENTED)
    async def stream(
        profile: UUID,
        access: reader,
        last_event_id: Annotated[str | None, Header(description="Where the reader stood; browsers send it.")] = None,
    ) -> EventSourceResponse:
        """Tells of an inbox as it changes. It goes on for the survivor where the profile becomes part of another."""
        access.check(profile)
        person = await find(pool, profile)
        until = access.session.expires_at if access.session is not None else None
        with ExitStack() as opening:
            watch = opening.enter_context(notices.watch(person.id))  # refused before the answer begins
            told = follow(pool, notices, watch, after=Place.from_text(last_event_id), until=until)
            held = opening.pop_all()
        return _Stream(_events(told), held)

    return routes


class _Stream(EventSourceResponse):
    """A stream that gives its place back however it ends."""

    def __init__(self, events: AsyncIterator[ServerSentEvent], held: ExitStack) -> None:
        super().__init__(events, ping=HEARTBEAT, send_timeout=LONGEST_SEND, sep="\n")
        self._held = held

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - as ASGI has it
        with self._held:
            try:
                await super().__call__(scope, receive, send)
            except TimeoutError:
                _log.info("a reader of an inbox was too slow, and was cut off")


async def _events(told: AsyncIterator[Told]) -> AsyncIterator[ServerSentEvent]:
    yield ServerSentEvent(comment="here", retry=_RETRY)
    try:
        async for each in told:
            name, data = _written(each.change)
            place = each.place.to_text() if each.place is not None else None
            yield ServerSentEvent(data=data, event=name, id=place)
    except AWAY as error:
        _log.warning("postgres is away; a stream of an inbox ended", error=str(error))


def _written(change: Change) -> tuple[str, str]:
    match change:
        case WholeInbox(items, unread):
            return "inbox", f'{{"items":{_ITEMS.dump_json(list(items)).decode()},"unread":{unread}}}'
        case CardIsNow(item):
            return "card", _ITEMS.dump_json([item]).decode()[1:-1]
        case CardIsGone(card):
            return "gone", f'{{"id":"{card}"}}'
        case BadgeIsNow(unread):
            return "badge", f'{{"unread":{unread}}}'
