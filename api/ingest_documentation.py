"""What OpenAPI says of the ingest: its bodies are read by hand, so it is told here."""

from typing import Any, Literal

from pydantic import BaseModel

from fermata.events import Kind

_ID = {"oneOf": [{"type": "string"}, {"type": "number"}]}
_MESSAGE: dict[str, Any] = {
    "messageId": {"type": "string", "description": "The same one again has no effect."},
    "userId": _ID,
    "anonymousId": _ID,
    "timestamp": {"type": "string", "format": "date-time"},
    "sentAt": {"type": "string", "format": "date-time", "description": "Corrects the sender's clock."},
    "context": {"type": "object"},
}
_OF_KIND: dict[Kind, dict[str, Any]] = {
    "track": {"event": {"type": "string"}, "properties": {"type": "object"}},
    "identify": {"traits": {"type": "object"}},
}


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


class Fault(BaseModel):
    """The field at fault (dotted path, or empty for the whole body) and what is wrong with it."""

    field: str
    message: str


class Refused(BaseModel):
    """Nothing is stored."""

    success: Literal[False]
    error: Fault


def of_message(kind: Kind) -> dict[str, Any]:
    """What to say of the endpoint of one call.

    Args:
        kind: The call.
    """
    required = ["event"] if kind == "track" else []
    schema = {"type": "object", "properties": _MESSAGE | _OF_KIND[kind], "required": required}
    return _endpoint(f"Send one {kind} call", schema)


def of_batch() -> dict[str, Any]:
    """What to say of the endpoint for many calls at once."""
    kinds = {"type": {"type": "string", "enum": list(_OF_KIND)}}
    message = {"type": "object", "properties": _MESSAGE | kinds, "required": ["type"]}
    properties = {
        "batch": {"type": "array", "items": message},
        "sentAt": _MESSAGE["sentAt"],
        "context": {"type": "object", "description": "Of all its messages; their own goes first."},
    }
    return _endpoint("Send many calls", {"type": "object", "properties": properties, "required": ["batch"]})


def _endpoint(summary: str, schema: dict[str, Any]) -> dict[str, Any]:
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return {
        "summary": summary,
        "response_model": Accepted,
        "responses": {code: {"model": Refused} for code in (400, 401, 413, 503)},
        "openapi_extra": {"requestBody": body},
    }
