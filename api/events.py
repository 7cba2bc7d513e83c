"""``/api/v1/events``: what became of events, and why one started nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.authentication import bearer
from fermata.access import Keys, Scope
from fermata.database import Pool
from fermata.ingest.routed import Result, RoutedPage, list_routed
from fermata.journeys import Registry


def router(pool: Pool, registry: Registry, keys: Keys) -> APIRouter:
    """The routes.

    Args:
        pool: Where events are kept.
        registry: The journeys of this deployment.
        keys: Who may look.
    """
    routes = APIRouter(prefix="/api/v1/events", tags=["events"], dependencies=[Depends(bearer(keys, Scope.READ))])

    @routes.get("")
    async def list_some(
        profile_id: Annotated[UUID | None, Query(description="Only those of this person.")] = None,
        reason: Annotated[
            Result | None,
            Query(description="Only those that came to this: `started`, `reached`, or why not."),
        ] = None,
        journey: Annotated[str | None, Query(description="Only those that concerned this journey.")] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
    ) -> RoutedPage:
        """Lists events in the order in which they came in, the newest first, each with what became of it."""
        return await list_routed(
            pool, registry, profile_id=profile_id, result=reason, journey=journey, limit=limit, cursor=cursor
        )

    return routes
