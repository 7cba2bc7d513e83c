"""``/api/v1/inbox``: the cards that wait for a profile, and what becomes of them."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query, status
from pydantic import BaseModel

from api.authentication import bearer
from api.inbox_access import InboxAccess, inbox_access
from fermata.access import Keys, Scope
from fermata.channels import InboxItem, InboxPage, list_inbox
from fermata.channels.inbox_session import LIFETIME, InboxSession, InboxSessions
from fermata.channels.interactions import Interaction
from fermata.database import Pool
from fermata.errors import ConfigurationError, NotFound
from fermata.feedback.cards import interact
from fermata.ingest import Ingest
from fermata.profiles.by_id import find


class OpenedSession(BaseModel):
    """A person's way into their inbox.

    Args:
        profile_id: The person's; where you asked by the id of a merged profile, that of the survivor.
        token: For their browser or app: it reads and answers this inbox, and opens nothing else.
        expires_at: It is good until then.
    """

    profile_id: UUID
    token: str
    expires_at: datetime


def router(pool: Pool, door: Ingest, keys: Keys, sessions: InboxSessions) -> APIRouter:
    """The routes.

    Args:
        pool: Where cards are kept.
        door: Where events go.
        keys: Who may see all inboxes.
        sessions: Who may see their own.
    """
    routes = APIRouter(prefix="/api/v1/inbox", tags=["inbox"])
    reader = Annotated[InboxAccess, Depends(inbox_access(keys, sessions, Scope.READ))]
    writer = Annotated[InboxAccess, Depends(inbox_access(keys, sessions, Scope.WRITE))]

    @routes.get("/{profile}")
    async def list_cards(
        profile: UUID,
        access: reader,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
    ) -> InboxPage:
        """Lists cards and inbox messages, newest first, and counts what is unread."""
        access.check(profile)
        owner = await _owner(pool, profile)
        return await list_inbox(pool, owner, now=datetime.now(UTC), limit=limit, cursor=cursor)

    @routes.post("/{profile}/session", dependencies=[Depends(bearer(keys, Scope.WRITE))])
    async def open_session(profile: UUID) -> OpenedSession:
        """Gives a token for a person's browser or app, good for an hour. Your server asks, for whoever signed in."""
        person = await find(pool, profile)
        session = InboxSession(profile_id=person.id, expires_at=datetime.now(UTC) + LIFETIME)
        try:
            token = sessions.token(session)
        except ConfigurationError as error:
            raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, str(error)) from None
        return OpenedSession(profile_id=person.id, token=token, expires_at=session.expires_at)

    async def take(item: UUID, interaction: Interaction, access: InboxAccess) -> InboxItem:
        of = access.session.profile_id if access.session is not None else None
        return await interact(pool, door, item, interaction, datetime.now(UTC), of=of)

    @routes.post("/{item}/read")
    async def read(item: UUID, access: writer) -> InboxItem:
        """Marks a card as read. Again without harm: the first reading counts."""
        return await take(item, Interaction.READ, access)

    @routes.post("/{item}/shown")
    async def shown(item: UUID, access: writer) -> InboxItem:
        """Says that a card came into view; journeys hear "In-App Message Shown". The first time counts."""
        return await take(item, Interaction.SHOWN, access)

    @routes.post("/{item}/clicked")
    async def clicked(item: UUID, access: writer) -> InboxItem:
        """Says that a card was followed; journeys hear "In-App Message Clicked". The first time counts."""
        return await take(item, Interaction.CLICKED, access)

    @routes.post("/{item}/dismissed")
    async def dismissed(item: UUID, access: writer) -> InboxItem:
        """Puts a card away for good; journeys hear "In-App Message Dismissed". The first time counts."""
        return await take(item, Interaction.DISMISSED, access)

    return routes


async def _owner(pool: Pool, profile_id: UUID) -> UUID:
    """The profile, or the one it became part of; one that is not there has an empty inbox."""
    try:
        return (await find(pool, profile_id)).id
    except NotFound:
        return profile_id
