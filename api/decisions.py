"""``/api/v1/decisions``: what was decided about whom, and why."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.authentication import bearer
from fermata.access import Keys, Scope
from fermata.database import Pool
from fermata.ledger.decisions import list_decisions, read_decision
from fermata.ledger.record import DecisionPage, DecisionRecord
from fermata.vocabulary import Action, Reason


def router(pool: Pool, keys: Keys) -> APIRouter:
    """The routes.

    Args:
        pool: The ledger's database.
        keys: Who may look.
    """
    routes = APIRouter(prefix="/api/v1/decisions", tags=["decisions"], dependencies=[Depends(bearer(keys, Scope.READ))])

    @routes.get("")
    async def list_some(
        profile: Annotated[UUID | None, Query(description="Only those about this person.")] = None,
        action: Annotated[Action | None, Query(description="Only those that ended so.")] = None,
        reason: Annotated[Reason | None, Query(description="Only those with this reason.")] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
    ) -> DecisionPage:
        """Lists decisions, the newest first."""
        return await list_decisions(pool, profile_id=profile, action=action, reason=reason, limit=limit, cursor=cursor)

    @routes.get("/{decision}")
    async def read(decision: UUID) -> DecisionRecord:
        """Tells all that is kept of a decision: facts, the rules' answers, delivery. Addresses are masked."""
        return await read_decision(pool, decision)

    return routes
