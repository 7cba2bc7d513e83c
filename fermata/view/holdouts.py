"""What a person is held out of, so that the effect of journeys can be measured."""

from datetime import datetime

from fermata.database import Queries
from fermata.view.shown import Shown
from fermata.view.subject import Subject

_QUERIES = Queries("fermata.view")


class HoldoutDraw(Shown):
    """One draw, kept with the profile for ever."""

    journey: str | None
    """The journey that it is about; null for all of them."""
    held_out: bool
    """Whether the person is enrolled and never reached."""
    drawn_at: datetime
    """When it was drawn."""


async def holdouts(subject: Subject) -> tuple[HoldoutDraw, ...]:
    """Returns the person's draws, the global one first."""
    rows = await subject.connection.fetch(_QUERIES["holdouts"], subject.id)
    return tuple(
        HoldoutDraw(journey=row["scope"] or None, held_out=row["held_out"], drawn_at=row["drawn_at"]) for row in rows
    )
