"""What the OpenAPI document says of errors: which each endpoint may answer with, and as what."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI, status

_PROBLEM = "application/problem+json"
_DESCRIBED = {"schema": {"$ref": "#/components/schemas/Problem"}}
_MEANINGS = {
    status.HTTP_400_BAD_REQUEST: "What was sent cannot be used; `detail` says what to send",
    status.HTTP_401_UNAUTHORIZED: "No key, or one that is not known here, or over",
    status.HTTP_403_FORBIDDEN: "The key lacks the scope",
    status.HTTP_404_NOT_FOUND: "There is nothing of that id or name",
    status.HTTP_409_CONFLICT: "It does not go with how things stand; `detail` says how they do",
    status.HTTP_413_CONTENT_TOO_LARGE: "The body is too large",
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: "The body is packed in a way that is not known here",
    status.HTTP_422_UNPROCESSABLE_CONTENT: "A value cannot be one of its kind; `field` says which",
    status.HTTP_429_TOO_MANY_REQUESTS: "The key asks more often than it may; `Retry-After` says when it may again",
    status.HTTP_503_SERVICE_UNAVAILABLE: "Postgres or Temporal does not answer; `Retry-After` says when to ask again",
}


def describe_errors(app: FastAPI) -> None:
    """Has the application's document name the errors of all endpoints: problem details, but on the SDKs' own.

    Args:
        app: With all its routes.
    """
    of_routes = app.openapi

    def openapi() -> dict[str, Any]:
        document = of_routes()
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                _amend(path, method, operation["responses"])
        return document

    # As FastAPI's own documentation extends it.
    app.openapi = openapi  # type: ignore[method-assign]


def _amend(path: str, method: str, responses: dict[str, Any]) -> None:
    if path.startswith("/v1/"):
        for code in (status.HTTP_415_UNSUPPORTED_MEDIA_TYPE, status.HTTP_429_TOO_MANY_REQUESTS):
            content = responses[str(status.HTTP_400_BAD_REQUEST)]["content"]
            responses.setdefault(str(code), {"description": _MEANINGS[code], "content": content})
        return
    for code in _statuses(path, method) if path.startswith("/api/v1/") else ():
        responses.setdefault(str(code), {"description": _MEANINGS[code]})
    for answered, response in responses.items():
        if int(answered) >= status.HTTP_400_BAD_REQUEST and not path.startswith("/metrics"):
            described = response.get("content", {}).get("application/json", _DESCRIBED)
            is_fastapis_own = str(described.get("schema", {}).get("$ref", "")).endswith("/HTTPValidationError")
            response["content"] = {_PROBLEM: _DESCRIBED if is_fastapis_own else described}


def _statuses(path: str, method: str) -> Iterator[int]:
    yield from (status.HTTP_400_BAD_REQUEST, status.HTTP_401_UNAUTHORIZED, status.HTTP_403_FORBIDDEN)
    yield from (status.HTTP_404_NOT_FOUND, status.HTTP_422_UNPROCESSABLE_CONTENT)
    yield from (status.HTTP_429_TOO_MANY_REQUESTS, status.HTTP_503_SERVICE_UNAVAILABLE)
    if method != "get":
        yield from (status.HTTP_409_CONFLICT, status.HTTP_413_CONTENT_TOO_LARGE, status.HTTP_415_UNSUPPORTED_MEDIA_TYPE)
