"""A webhook as it came in over HTTP, before anybody believes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from fermata.errors import InvalidEvent


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request of another system.

    Args:
        headers: By their names in small letters.
        body: The bytes that were signed.
        received_at: When it came in.
    """

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime

    def header(self, name: str) -> str | None:
        """A header, or None where it is blank or not there.

        Args:
            name: In small letters.
        """
        return self.headers.get(name, "").strip() or None

    def to_object(self) -> Mapping[str, Any]:
        """The body as JSON.

        Raises:
            InvalidEvent: It is none, or no object.
        """
        try:
            read: object = orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise InvalidEvent(f"the body is not JSON: {error}") from None
        if not isinstance(read, dict):
            raise InvalidEvent(f"the body must be a JSON object, not {type(read).__name__}")
        return read
