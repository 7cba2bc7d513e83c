"""JSON answers by orjson: for what is built by hand, without a response model."""

import orjson
from fastapi import Response


class JsonResponse(Response):
    """An answer of JSON."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        """Writes the content."""
        return orjson.dumps(content)
