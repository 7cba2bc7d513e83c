"""``/api/v1/profiles/{id}/preferences``: topics, channels, hours of quiet and silence, as the person wants them."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from api.authentication import bearer
from api.typed_body import documented, read_model
from fermata.access import Keys, Scope
from fermata.database import Pool
from fermata.ingest.wishes import prefer
from fermata.profiles import Profile
from fermata.profiles.by_id import find
from fermata.profiles.preferences import Preferences, PreferencesChange, preferences_of


class PreferencesOf(Preferences):
    """What somebody prefers.

    Args:
        profile_id: The person's; where you asked by the id of a merged profile, that of the survivor.
    """

    profile_id: UUID


def router(pool: Pool, keys: Keys) -> APIRouter:
    """The routes.

    Args:
        pool: Where preferences are kept.
        keys: Who may see and change them.
    """
    routes = APIRouter(prefix="/api/v1/profiles/{profile}/preferences", tags=["consent"])

    @routes.get("", dependencies=[Depends(bearer(keys, Scope.READ))])
    async def read(profile: UUID) -> PreferencesOf:
        """Tells what somebody prefers."""
        return _told(await find(pool, profile))

    @routes.put("", dependencies=[Depends(bearer(keys, Scope.WRITE))], openapi_extra=documented(PreferencesChange))
    async def change(profile: UUID, request: Request) -> PreferencesOf:
        """Changes what the body names; the rest stays, and null takes a value away.

        Messages that wait are decided again at once.
        """
        wanted = await read_model(request, PreferencesChange)
        return _told(await prefer(pool, profile, wanted, datetime.now(UTC)))

    return routes


def _told(person: Profile) -> PreferencesOf:
    return PreferencesOf(profile_id=person.id, **preferences_of(person).model_dump())
