"""What happened in a demo, as frozen data: counted, held, told and checked."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from fermata.vocabulary import Action, Channel, Reason


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class EventCounts(_Frozen):
    """What the door answered, in events."""

    accepted: int
    duplicates: int
    rejected: int


class RunCounts(_Frozen):
    """Runs of journeys by how they stand. Holdouts, enrolled and never reached, stand apart from ``started``."""

    started: int = 0
    active: int = 0
    completed: int = 0
    converted: int = 0
    exited: int = 0
    timed_out: int = 0
    failed: int = 0
    holdout: int = 0


class Held(_Frozen):
    """A message that waits.

    Args:
        until: The next eligible instant; None waits for the person's next visit.
        time_zone: The person's; None where it is not known.
    """

    profile_id: UUID
    workflow_id: str
    message: str
    channel: Channel
    reason: Reason
    until: AwareDatetime | None
    time_zone: str | None


class Moment(_Frozen):
    """One thing in a person's story.

    Args:
        kind: ``event``, ``enrolled``, ``decision``, ``message`` or ``ended``.
        what: The event's name, the journey, the message, or the state a run ended in.
        detail: What the event was about, or the reason of a decision or end.
        times: How many such things came in a row.
    """

    at: AwareDatetime
    kind: str
    what: str
    detail: str | None = None
    action: Action | None = None
    channel: Channel | None = None
    until: AwareDatetime | None = None
    times: int = 1


class Story(_Frozen):
    """One person's way through it all.

    Args:
        name: As they gave it; None where it is not known or not to be shown.
        workflow_id: The run to look at in the Temporal UI.
    """

    profile_id: UUID
    user_id: str | None
    name: str | None
    time_zone: str | None
    workflow_id: str
    moments: tuple[Moment, ...]


class Violation(_Frozen):
    """An exposure beyond a cap.

    Args:
        rule: For example ``"email, 2 in 24 h"``.
        exposures: How many there were, this one among them.
    """

    rule: str
    profile_id: UUID
    at: AwareDatetime
    exposures: int


class CapCheck(_Frozen):
    """The caps, counted again by a query that shares nothing with the code that decides."""

    exposures: int
    people: int
    violations: tuple[Violation, ...]


class Places(_Frozen):
    """Where to look further.

    Args:
        api: Its base address.
        temporal_ui: Its base address; None where the Temporal is not ours.
        run: The run of the story, in the Temporal UI.
    """

    api: str
    temporal_ui: str | None = None
    run: str | None = None


class Observation(_Frozen):
    """Everything that the report tells.

    Args:
        taken_back: Sends that were decided and never went out: the goal came first, or the provider refused.
        without_address: Profiles that cannot be reached at all.
        without_time_zone: Profiles that could be reached, at an hour of which Fermata is not sure.
    """

    at: datetime
    events: EventCounts
    runs: RunCounts
    decisions: dict[Action, dict[Reason, int]]
    messages: dict[Channel, int]
    taken_back: int
    held: tuple[Held, ...]
    profiles: int
    without_address: int
    without_time_zone: int
    story: Story | None
    caps: CapCheck
    emails_in_ledger: int
    smtp_received: int
