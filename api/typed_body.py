"""A JSON body as a model, and the fault of one that is none: with field, value and mend."""

from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from api.body import read_body, read_json
from fermata.errors import InvalidEvent
from fermata.events.bounds import LARGEST_MESSAGE, check_bounds

_Model = TypeVar("_Model", bound=BaseModel)
_WANTED = {
    "extra_forbidden": "is not a field that is known here; leave it out, or look at its spelling:",
    "string_pattern_mismatch": "must look like {pattern}, not",
}


async def read_model(request: Request, model: type[_Model]) -> _Model:
    """Reads the body.

    Args:
        request: Not read from before.
        model: What it must be.

    Raises:
        HTTPException: It is too large.
        InvalidEvent: It is no JSON, or not such a model.
    """
    parsed = read_json(await read_body(request, most=LARGEST_MESSAGE))
    if isinstance(parsed, dict):
        check_bounds(parsed)
    try:
        return model.model_validate(parsed)
    except ValidationError as error:
        raise _first_fault(error) from None


def documented(model: type[BaseModel]) -> dict[str, Any]:
    """The body for the page on the API; pass it as ``openapi_extra``."""
    schema = model.model_json_schema(ref_template=f"#/components/schemas/{model.__name__}/$defs/{{model}}")
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": _inline(schema)}}}}


def _first_fault(error: ValidationError) -> InvalidEvent:
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"] if part != "[key]")
    kind = first["type"]
    if kind == "value_error":  # ours: it has the value and the mend
        return InvalidEvent(first["msg"].removeprefix("Value error, "), field=field)
    if kind == "missing":
        return InvalidEvent("is missing", field=field)
    wanted = _WANTED.get(kind, "").format_map(first.get("ctx", {})) or f"{_lower(first['msg'])}, not"
    return InvalidEvent(f"{wanted} {_cut(first['input'])}", field=field)


def _lower(message: str) -> str:
    return message.replace("Input should", "must", 1)


def _cut(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _inline(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema in which every reference is what it refers to: an operation has no room for definitions."""
    definitions: dict[str, Any] = schema.pop("$defs", {})

    def resolved(node: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(node, dict):
            if "$ref" in node:
                return resolved(definitions[node["$ref"].rpartition("/")[2]])
            return {name: resolved(value) for name, value in node.items()}
        return [resolved(value) for value in node] if isinstance(node, list) else node

    inlined: dict[str, Any] = resolved(schema)
    return inlined
