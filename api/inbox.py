"""``/api/v1/inbox``: the cards that wait for a profile."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.authentication import bearer
from fermata.access import Keys, Scope
from fermata.channels import InboxItem, InboxPage, list_inbox, mark_read
from fermata.database import Pool


def router(pool: Pool, keys: Keys) -> APIRouter:
    """The routes.

    Args:
        pool: Where cards are kept.
        keys: Who may see them.
    """
    routes = APIRouter(prefix="/api/v1/inbox", tags=["inbox"])

    @routes.get("/{profile}", dependencies=[Depends(bearer(keys, Scope.READ))])
    async def list_cards(
        profile: UUID,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
    ) -> InboxPage:
        """Lists cards and inbox messages, newest first, and counts what is unread."""
        return await list_inbox(pool, profile, now=datetime.now(UTC), limit=limit, cursor=cursor)

    @routes.post("/{item}/read", dependencies=[Depends(bearer(keys, Scope.WRITE))])
    async def read(item: UUID) -> InboxItem:
        """Marks a card as read. Again without harm: the first reading counts."""
        return await mark_read(pool, item, now=datetime.now(UTC))

    return routes
