"""``/api/v1/rejected-events``: what the ingest refused, to be read, mended and sent again."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict

from api.authentication import bearer
from api.body import read_body
from fermata.access import Key, Keys, Scope
from fermata.audit import Act, Actor, Door, announced
from fermata.database import Pool
from fermata.events import LARGEST_MESSAGE
from fermata.events.verbs import Verbs
from fermata.ingest import Ingest, RejectedPage, list_rejected, resend

_MENDED = {
    "requestBody": {
        "description": "The mended payload; leave it out to send the payload again as it was.",
        "required": False,
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


class Resent(BaseModel):
    """What became of it: accepted now, or known already. A batch may have messages that are refused once more."""

    model_config = ConfigDict(frozen=True)

    accepted: int
    duplicates: int
    rejected: int


def router(pool: Pool, ingest: Ingest, keys: Keys, verbs: Verbs | None = None) -> APIRouter:
    """The routes.

    Args:
        pool: Where rejects are kept.
        ingest: Where they are sent again.
        keys: Who may do so.
        verbs: The standard events; those that ship where it is None.
    """
    routes = APIRouter(prefix="/api/v1/rejected-events", tags=["ingest"])

    @routes.get("", dependencies=[Depends(bearer(keys, Scope.READ))])
    async def list_events(
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
    ) -> RejectedPage:
        """Lists what was refused, newest first, each with its reason and as it came in."""
        return await list_rejected(pool, limit=limit, cursor=cursor)

    @routes.post("/{event}/retry", openapi_extra=_MENDED)
    async def retry(event: UUID, request: Request, key: Annotated[Key, Depends(bearer(keys, Scope.OPERATE))]) -> Resent:
        """Sends it again, as of when it came in: as it was, or the body in its place. Again without harm."""
        mended = await read_body(request, most=LARGEST_MESSAGE)
        act = Act(Actor(key.name, Door.API), "rejected_events.resend", f"rejected event {event}")
        async with announced(pool, act):
            receipt = await resend(pool, ingest, event, mended, datetime.now(UTC), verbs)
        return Resent(accepted=receipt.accepted, duplicates=receipt.duplicates, rejected=receipt.rejected)

    return routes
