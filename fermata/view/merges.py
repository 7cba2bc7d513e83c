"""The profiles that turned out to be this person's."""

from datetime import datetime
from uuid import UUID

from fermata.database import Queries
from fermata.view.shown import Shown
from fermata.view.subject import Subject

_QUERIES = Queries("fermata.view")
_MOST = 100


class MergedProfile(Shown):
    """A profile that became part of this one. Its id leads here."""

    id: UUID
    """The id that it had."""
    merged_at: datetime
    """Since when they are one."""
    name: str
    """A name of the profile that stayed, as `kind:value`."""
    other_name: str
    """A name of the profile that was merged. One event stated both, so both are one person's."""
    message_id: str
    """The message id of that event."""


async def merges(subject: Subject) -> tuple[MergedProfile, ...]:
    """Returns what was merged into the person's profile, the newest first, up to 100."""
    rows = await subject.connection.fetch(_QUERIES["merges"], subject.id, _MOST)
    return tuple(MergedProfile(**row) for row in rows)
