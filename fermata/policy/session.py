"""The visit that a person is on right now, as the facts give it: by its name, or by the instant at which it started."""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator

UNNAMED = "active"


def _read(value: object) -> object:
    if isinstance(value, bool):
        return UNNAMED if value else None
    return value


ActiveSession = Annotated[str | None, BeforeValidator(_read)]
"""A visit's name, or the instant at which it started, in ISO 8601 with an offset; None for no visit.

``true`` is read as a visit of which nothing is known.
"""


def started_at(session: str) -> datetime | None:
    """Returns when the visit started, where that is how it is given."""
    try:
        instant = datetime.fromisoformat(session)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None
