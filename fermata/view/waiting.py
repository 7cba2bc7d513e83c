"""The messages that wait for a person, and until when."""

from datetime import datetime
from uuid import UUID

from fermata.database import Queries
from fermata.view.place import on_the_wall
from fermata.view.shown import Shown
from fermata.view.subject import Subject
from fermata.vocabulary import Channel, Purpose, Reason

_QUERIES = Queries("fermata.view")
_MOST = 100


class WaitingMessage(Shown):
    """A message that was held and will be decided again."""

    decision_id: UUID
    """The decision that held it: `/api/v1/decisions/{decision_id}` tells why."""
    run_id: UUID
    """The run that it belongs to."""
    journey: str
    """The journey."""
    message: str
    """The message's key."""
    step: str
    """Where in the journey."""
    channel: Channel
    """The channel that opens first."""
    reason: Reason
    """What holds it."""
    purpose: Purpose
    """Why the person would be reached."""
    priority: int
    """0 to 100; the highest takes the next slot."""
    deferred_at: datetime
    """Since when it waits."""
    next_eligible_at: datetime | None
    """When it will be decided again, in UTC; null for the person's next visit."""
    next_eligible_local: datetime | None
    """The same instant on the person's clock, with its offset; in UTC where their zone is not known."""
    expires_at: datetime | None
    """It is dropped when it could only go at this instant or later."""


async def waiting(subject: Subject, zone: str | None) -> tuple[WaitingMessage, ...]:
    """Returns what waits, in the order in which it will be decided, up to 100.

    Args:
        subject: The person.
        zone: Theirs.
    """
    rows = await subject.connection.fetch(_QUERIES["waiting"], subject.id, _MOST)
    return tuple(
        WaitingMessage(
            **row,
            next_eligible_local=on_the_wall(row["next_eligible_at"], zone) if row["next_eligible_at"] else None,
        )
        for row in rows
    )
