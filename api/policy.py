"""``/api/v1/policy``: the policy in force, and how to put another in its place."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from api.authentication import bearer
from api.body import read_body
from fermata.access import Key, Keys, Scope
from fermata.audit import Act, Actor, Door, recorded
from fermata.database import Pool
from fermata.errors import InvalidEvent, NotFound
from fermata.ledger.policies import Activation, in_force, put_in_force, stored_policy

_LARGEST = 256 * 1024  # bytes; the default policy has 3 KB
Note = Annotated[str, StringConstraints(max_length=500, pattern="^[^\\x00]*$")]
"""Why a policy is changed. Postgres keeps no NUL in text."""

_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/toml": {
            "schema": {"type": "string", "description": "The document; the note goes into the query."}
        },
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {"document": {"type": "string"}, "note": {"type": "string", "maxLength": 500}},
                "required": ["document"],
            }
        },
    },
}


class PolicyInForce(BaseModel):
    """The policy that every decision obeys now.

    Args:
        version: ``sha256:`` and the hash of what it says.
        document: TOML, as it was written.
        activated_at: Since when it is in force.
        author: Who put it in force: a person's name, or that of a key.
        note: Why.
    """

    version: str
    document: str
    activated_at: datetime
    author: str
    note: str | None


class PolicyFault(BaseModel):
    """One fault of a document; the fields are those of ``fermata.policy.PolicyProblem``."""

    line: int | None
    table: str
    key: str
    value: str
    message: str


class PolicyRefused(BaseModel):
    """Problem details (RFC 9457), with every fault of the document."""

    type: str
    title: str
    status: int
    detail: str
    problems: list[PolicyFault]


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid")

    document: str
    note: Note | None = None


def router(pool: Pool, keys: Keys) -> APIRouter:
    """The routes.

    Args:
        pool: Where policies are kept.
        keys: Who may see and change them.
    """
    routes = APIRouter(prefix="/api/v1/policy", tags=["policy"])

    @routes.get("", dependencies=[Depends(bearer(keys, Scope.READ))])
    async def read() -> PolicyInForce:
        """Tells the policy in force, and who put it there when and why."""
        standing = await in_force(pool)
        if standing is None:
            raise NotFound("no policy is in force yet; PUT one here, or run `fermata setup`")
        return await _told(pool, standing)

    @routes.put("", responses={422: {"model": PolicyRefused}}, openapi_extra={"requestBody": _BODY})
    async def change(
        request: Request,
        key: Annotated[Key, Depends(bearer(keys, Scope.ADMIN))],
        note: Annotated[Note | None, Query(description="Why.")] = None,
    ) -> PolicyInForce:
        """Puts a policy in force: the next decision of every worker obeys it. The key's name stands as its author.

        The body is the document in TOML, or JSON with `document` and `note`. The one in force again changes nothing.
        """
        wanted = await _read_change(request, note)
        act = Act(Actor(key.name, Door.API), "policy.activate")
        async with recorded(pool, act) as connection:
            made = await put_in_force(
                connection, wanted.document, author=key.name, at=datetime.now(UTC), note=wanted.note
            )
            act.target = made.version
        return await _told(pool, made)

    return routes


async def _told(pool: Pool, activation: Activation) -> PolicyInForce:
    stored = await stored_policy(pool, activation.version)
    return PolicyInForce(
        version=activation.version,
        document=stored.document,
        activated_at=activation.activated_at,
        author=activation.author,
        note=activation.note,
    )


async def _read_change(request: Request, note: str | None) -> _Change:
    """Reads the body: JSON where it says so, else TOML, whatever a tool may call it."""
    body = await read_body(request, most=_LARGEST)
    if not request.headers.get("content-type", "").startswith("application/json"):
        try:
            return _Change(document=body.decode(), note=note)
        except UnicodeDecodeError as error:
            raise InvalidEvent(f"byte {error.start} of the document is not UTF-8; send UTF-8") from None
    try:
        return _Change.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise InvalidEvent(first["msg"], field=".".join(map(str, first["loc"]))) from None
