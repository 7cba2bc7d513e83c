"""``/api/v1/profiles``: everything that is known of a person, in one view, in order, or as an export."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, BeforeValidator

from api.authentication import bearer
from fermata.access import Key, Keys, Scope
from fermata.audit import Actor, Door
from fermata.database import Pool
from fermata.errors import InvalidEvent
from fermata.profiles import IdentityKind
from fermata.traits import LeadRules
from fermata.view import (
    EntryKind,
    ProfileView,
    TimelinePage,
    Wanted,
    read_profile,
    read_timeline,
    recorded_export,
)

_LONGEST = 1000  # characters of a name
_EXPORT: dict[str, Any] = {
    "description": "`profile_id`, `asked_for`, `exported_at`, and a list of rows for each table, by its name.",
    "content": {"application/json": {"schema": {"type": "object", "additionalProperties": True}}},
}


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    field: str | None = None


_NOBODY: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "There is nobody of that id or name"}
}
_UNCLEAR: dict[int | str, dict[str, Any]] = {400: {"model": Problem, "description": "Not exactly one name, or no name"}}


def _one_by_one(given: object) -> object:
    """``kinds=event,decision`` says the same as ``kinds=event&kinds=decision``."""
    return [kind for text in given for kind in str(text).split(",") if kind] if isinstance(given, list) else given


Kinds = Annotated[
    list[EntryKind],
    BeforeValidator(_one_by_one),
    Query(description="Only entries of these kinds: the parameter again and again, or with commas."),
]


def router(pool: Pool, keys: Keys, lead_rules: LeadRules | None = None) -> APIRouter:
    """The routes.

    Args:
        pool: Where profiles are kept.
        keys: Who may look.
        lead_rules: Of this deployment; those that ship where it is None.
    """
    routes = APIRouter(prefix="/api/v1/profiles", tags=["profiles"])
    reads = [Depends(bearer(keys, Scope.READ))]

    @routes.get("", dependencies=reads, responses={**_NOBODY, **_UNCLEAR})
    async def look_up(wanted: Annotated[Wanted, Depends(_named)]) -> ProfileView:
        """Shows all that is known of the person who has a name. Give exactly one."""
        return await read_profile(pool, wanted, datetime.now(UTC), lead_rules)

    @routes.get("/{profile}", dependencies=reads, responses=_NOBODY)
    async def show(profile: UUID) -> ProfileView:
        """Shows all that is known of a person.

        The id of a profile that was merged answers the one it became part of, and `asked_for` says so.
        """
        return await read_profile(pool, profile, datetime.now(UTC), lead_rules)

    @routes.get("/{profile}/timeline", dependencies=reads, responses=_NOBODY)
    async def timeline(
        profile: UUID,
        kinds: Kinds = [],  # noqa: B006 - FastAPI copies it
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
    ) -> TimelinePage:
        """Lists everything that happened, was decided and was sent, the newest first.

        Pages neither lose nor double an entry while new ones come in.
        """
        return await read_timeline(pool, profile, kinds=kinds, limit=limit, cursor=cursor)

    @routes.get("/{profile}/export", responses={**_NOBODY, 200: _EXPORT})
    async def export(profile: UUID, key: Annotated[Key, Depends(bearer(keys, Scope.ADMIN))]) -> StreamingResponse:
        """Writes out every row that is kept of a person, addresses in full, as one JSON document."""
        document = recorded_export(pool, profile, datetime.now(UTC), actor=Actor(key.name, Door.API))
        beginning = await anext(document)  # an error is an answer of its own, before anything is written
        return StreamingResponse(
            _whole(beginning, document),
            media_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="profile-{profile}.json"'},
        )

    return routes


async def _whole(beginning: bytes, rest: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    async with aclosing(rest):  # gives its connection back, also where the caller has gone
        yield beginning
        async for piece in rest:
            yield piece


def _named(
    user_id: Annotated[str | None, Query(max_length=_LONGEST, description="Their id in your systems.")] = None,
    anonymous_id: Annotated[str | None, Query(max_length=_LONGEST, description="A visitor's id.")] = None,
    email: Annotated[str | None, Query(max_length=_LONGEST, description="In full, or its SHA-256.")] = None,
    phone: Annotated[
        str | None, Query(max_length=_LONGEST, description="With its country code (`+` is `%2B`), or its SHA-256.")
    ] = None,
    external_id: Annotated[
        str | None, Query(max_length=_LONGEST, description="With its kind: `shopify_customer_id:123`.")
    ] = None,
) -> Wanted:
    """Reads which name a look-up is by.

    Raises:
        InvalidEvent: There is none, or more than one.
    """
    given = {
        IdentityKind.USER_ID: user_id,
        IdentityKind.ANONYMOUS_ID: anonymous_id,
        IdentityKind.EMAIL: email,
        IdentityKind.PHONE: phone,
        IdentityKind.EXTERNAL_ID: external_id,
    }
    names = [Wanted(kind, value) for kind, value in given.items() if value]
    if len(names) != 1:
        said = "nobody is named" if not names else f"{' and '.join(name.kind.value for name in names)} are both given"
        raise InvalidEvent(f"{said}; give exactly one of {', '.join(kind.value for kind in given)}")
    return names[0]
