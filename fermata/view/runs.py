"""The journeys that a person is in, and those that they were in."""

from datetime import datetime
from uuid import UUID

from fermata.database import Queries
from fermata.view.shown import Shown
from fermata.view.subject import Subject

_QUERIES = Queries("fermata.view")
_MOST_ACTIVE, _MOST_PAST = 100, 20


class Run(Shown):
    """One run of a journey."""

    id: UUID
    """The run's."""
    journey: str
    """The journey's name."""
    key: str
    """What tells runs of one journey apart, for example an order; empty where the journey has no key."""
    workflow_id: str
    """Its id in Temporal, which its UI finds it by."""
    state: str
    """`active`, `completed`, `converted`, `exited`, `timed_out`, `failed`, or `holdout`: enrolled and never reached."""
    reason: str | None
    """What ended it."""
    trigger: str | None
    """The name of the event that started it."""
    started_at: datetime
    """When the person was enrolled."""
    ended_at: datetime | None
    """When it ended; null while it is active."""


class Runs(Shown):
    """The person's runs."""

    active: tuple[Run, ...]
    """Those that go on, the newest first, up to 100."""
    past: tuple[Run, ...]
    """The latest to end, the newest first, up to 20; the timeline has all."""


async def runs(subject: Subject) -> Runs:
    """Returns the person's runs."""
    active = await subject.connection.fetch(_QUERIES["active_runs"], subject.id, _MOST_ACTIVE)
    past = await subject.connection.fetch(_QUERIES["past_runs"], subject.id, _MOST_PAST)
    return Runs(active=tuple(Run(**row) for row in active), past=tuple(Run(**row) for row in past))
