"""What OpenAPI says of the ingest: its bodies are read by hand, so it is told here."""

from typing import Any, Literal

from pydantic import BaseModel

from fermata.events import Door, Kind

_ID = {"oneOf": [{"type": "string"}, {"type": "number"}]}
_MESSAGE: dict[str, Any] = {
    "messageId": {"type": "string", "description": "The same one again has no effect."},
    "userId": _ID,
    "anonymousId": _ID,
    "timestamp": {"type": "string", "format": "date-time"},
    "sentAt": {"type": "string", "format": "date-time", "description": "Corrects the sender's clock."},
    "context": {"type": "object"},
}
_VIEW = {"name": {"type": "string"}, "category": {"type": "string"}, "properties": {"type": "object"}}
_OF_KIND: dict[Kind, dict[str, Any]] = {
    "track": {"event": {"type": "string"}, "properties": {"type": "object"}},
    "identify": {"traits": {"type": "object"}},
    "page": _VIEW,
    "screen": _VIEW,
    "group": {"groupId": _ID, "traits": {"type": "object"}},
    "alias": {"previousId": _ID},
}
_REQUIRED: dict[Kind, list[str]] = {"track": ["event"], "group": ["groupId"], "alias": ["userId", "previousId"]}


class RejectedMessage(BaseModel):
    """A message of a batch that was refused; the others are stored."""

    index: int
    messageId: str | int | float | None  # noqa: N815 - the word of the Segment spec
    field: str
    message: str


class Accepted(BaseModel):
    """All that is not listed is stored."""

    success: Literal[True]
    accepted: int
    duplicates: int
    rejected: list[RejectedMessage]
    set_aside: list[str] = []
    """Message ids of those that cannot be processed now; they are kept, to be sent again from here. Mostly absent."""


class Fault(BaseModel):
    """The field at fault (dotted path, or empty for the whole body) and what is wrong with it."""

    field: str
    message: str


class Refused(BaseModel):
    """Nothing is stored."""

    success: Literal[False]
    code: str
    message: str
    error: Fault


def of(door: Door) -> dict[str, Any]:
    """What to say of an endpoint.

    Args:
        door: The endpoint.
    """
    if door == "batch":
        return _of_many("Send many calls")
    if door == "import":
        return _of_many("Send calls of the past: what is older than the limit for triggers starts and reaches no run")
    schema = {"type": "object", "properties": _MESSAGE | _OF_KIND[door], "required": _REQUIRED.get(door, [])}
    return _endpoint(f"Send one {door} call", schema)


def _of_many(summary: str) -> dict[str, Any]:
    kinds = {"type": {"type": "string", "enum": list(_OF_KIND)}}
    message = {"type": "object", "properties": _MESSAGE | kinds, "required": ["type"]}
    properties = {
        "batch": {"type": "array", "items": message},
        "sentAt": _MESSAGE["sentAt"],
        "context": {"type": "object", "description": "Of all its messages; their own goes first."},
    }
    return _endpoint(summary, {"type": "object", "properties": properties, "required": ["batch"]})


def _endpoint(summary: str, schema: dict[str, Any]) -> dict[str, Any]:
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return {
        "summary": summary,
        "response_model": Accepted,
        "responses": {code: {"model": Refused} for code in (400, 401, 413, 503)},
        "openapi_extra": {"requestBody": body},
    }
