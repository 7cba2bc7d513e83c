"""``/api/v1/audit``: what operators and admins did."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from api.authentication import bearer
from fermata.access import Keys, Scope
from fermata.audit import AuditPage, Outcome, list_entries, of_profile
from fermata.database import Pool

_EVER = datetime.min.replace(tzinfo=UTC)
Text = Annotated[str | None, Query(max_length=300, pattern="^[^\\x00]*$")]


def router(pool: Pool, keys: Keys) -> APIRouter:
    """The route.

    Args:
        pool: Where the log is kept.
        keys: Who may read it: those with the scope `admin`.
    """
    routes = APIRouter(prefix="/api/v1/audit", tags=["audit"])

    @routes.get("", dependencies=[Depends(bearer(keys, Scope.ADMIN))])
    async def list_acts(
        since: Annotated[AwareDatetime | None, Query(description="Nothing before.")] = None,
        actor: Text = None,
        action: Annotated[Text, Query(description="`keys.rotate`, or `keys` for all of them.")] = None,
        target: Text = None,
        profile: Annotated[UUID | None, Query(description="Only what was done with this person.")] = None,
        outcome: Outcome | None = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 50,
        cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
    ) -> AuditPage:
        """Lists who did what, on what, when, and what came of it, the newest first. Nothing of it can be changed."""
        return await list_entries(
            pool,
            since=since or _EVER,
            actor=actor,
            action=action,
            target=of_profile(profile) if profile is not None else target,
            outcome=outcome,
            limit=limit,
            cursor=cursor,
        )

    return routes
