"""What a run is started with, and what it carries over when it continues as new."""

from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from fermata.journeys.event import JourneyEvent


class Carried(BaseModel):
    """What a run hands to its continuation: all it would otherwise forget.

    Args:
        started_at: When the run first started; ``at_most`` counts from here.
        inbox: Events that came and were not yet waited for.
        seen: Ids of the latest events, so that a second delivery still changes nothing.
        steps: How often each message has been sent, which numbers the next one.
        paused_for: How long operators have held it, which its time limit does not count.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    started_at: datetime
    inbox: tuple[JourneyEvent, ...] = ()
    seen: tuple[UUID, ...] = ()
    steps: dict[str, int] = {}
    paused_for: timedelta = timedelta(0)


class Entry(BaseModel):
    """The one argument of every journey.

    Args:
        run_id: The enrolment's id in the ledger.
        journey: The journey's name.
        profile_id: The person.
        trigger: The event that started the run.
        pace: Seconds of the journey's own waits in one real second; 1 except in a demo.
        carried: Set when the run continues as new.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    run_id: UUID
    journey: str
    profile_id: UUID
    trigger: JourneyEvent
    pace: float = Field(default=1.0, ge=1.0)
    carried: Carried | None = None
