"""An event as a run sees it: id, name, time and a few small properties. It lies in Temporal's history for years."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

_MOST_PROPERTIES = 24
_LONGEST_VALUE = 200
PERSONAL = frozenset({"email", "phone", "first_name", "last_name", "address", "ip", "message_body"})
"""Properties that never leave Postgres: they are in no history, and no run's id is made of one."""


class JourneyEvent(BaseModel):
    """An event that a run is told of.

    Args:
        id: The event's id here; a second delivery carries the same.
        name: For example ``"Product Added"``.
        occurred_at: When it happened to the person, clock skew corrected, aware.
        properties: Scalars only, as ``project`` cuts them down.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    name: str
    occurred_at: datetime
    properties: dict[str, Any] = {}


def project(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Cuts an event's properties down to what may lie in a history: few, short, scalar, and nothing personal.

    Args:
        properties: As they came with the event; templates get these in full, from Postgres.
    """
    small = {
        name: value
        for name, value in properties.items()
        if name.lower() not in PERSONAL
        and (
            value is None
            or isinstance(value, bool | int | float)
            or (isinstance(value, str) and len(value) <= _LONGEST_VALUE)
        )
    }
    return dict(sorted(small.items())[:_MOST_PROPERTIES])
