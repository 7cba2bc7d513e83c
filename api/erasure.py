"""``DELETE /api/v1/profiles/{id}``: has a person erased, and says how far it is."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from api.authentication import bearer
from api.profiles import Problem
from fermata.access import Key, Keys, Scope
from fermata.audit import Act, Actor, Door, of_profile, recorded
from fermata.database import Pool
from fermata.erasure import Receipt, begin_within
from fermata.erasure.receipt import ErasureState

_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "Nothing is left of them; this is the receipt"},
    202: {"model": Receipt, "description": "It has begun: nothing reaches them. A worker takes the rest away"},
    400: {"model": Problem, "description": "`why` names an address of the person"},
    404: {"model": Problem, "description": "There is nobody of that id, and nobody of it was erased"},
}


def router(pool: Pool, keys: Keys) -> APIRouter:
    """The route.

    Args:
        pool: Where profiles are kept.
        keys: Who may have people erased: those with the scope `admin`.
    """
    routes = APIRouter(prefix="/api/v1/profiles", tags=["profiles"])

    @routes.delete("/{profile}", responses=_ANSWERS)
    async def erase(
        profile: UUID,
        response: Response,
        key: Annotated[Key, Depends(bearer(keys, Scope.ADMIN))],
        why: Annotated[
            str, Query(max_length=500, description="Stays in the receipt: a ticket's number, nothing of the person.")
        ] = "",
    ) -> Receipt:
        """Erases a person. From the answer on nothing is sent to them and no event is theirs.

        Their active runs end first, so it may take moments: ask again and see. Asked again, it changes nothing.
        The id of a profile that was merged erases the one it became part of.
        """
        act = Act(Actor(key.name, Door.API), "profiles.erase", of_profile(profile))
        async with recorded(pool, act) as connection:
            receipt = await begin_within(connection, profile, by=key.name, why=why, now=datetime.now(UTC))
            act.detail = receipt.state
        if receipt.state is ErasureState.BEGUN:
            response.status_code = 202
        return receipt

    return routes
