"""The visit that a person is on right now, as the facts give it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from fermata.policy.instants import Instant


class Session(BaseModel):
    """A visit that is going on.

    Args:
        id: Its name, as exposures give it in ``session``.
        started_at: When it began.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str | None = None
    started_at: Instant | None = None


def _read(value: object) -> object:
    """Takes the short forms too: true, the id alone, or the instant of the start alone."""
    if value is True:
        return Session()
    if value is False:
        return None
    if isinstance(value, datetime):
        return Session(started_at=value)
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, Mapping):
        return Session.model_validate(value, strict=False)
    return value


def _from_text(text: str) -> Session:
    try:
        started_at = datetime.fromisoformat(text)
    except ValueError:
        return Session(id=text)
    return Session(started_at=started_at) if started_at.tzinfo is not None else Session(id=text)


ActiveSession = Annotated[Session | None, BeforeValidator(_read)]
"""A visit or None. A visit may be written as ``true``, as its id, or as the instant at which it started."""
