"""One attempt to reach a person: what a run asks the ledger, and what it is told."""

from datetime import datetime, timedelta
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from fermata.journeys import Message
from fermata.vocabulary import Action, Channel, Reason


class Failure(BaseModel):
    """A send that failed for good: its slot is given back, and its channel is not tried again in this attempt.

    Args:
        decision_id: The decision that had reserved the slot.
        channel: The channel that failed.
        reason: Why, for example ``provider_rejected``.
        detail: What the provider said, for the record.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    decision_id: UUID
    channel: Channel
    reason: Reason
    detail: str = ""


class Attempt(BaseModel):
    """One attempt to reach a person with one message.

    Args:
        run_id: The enrolment that asks.
        profile_id: The person.
        journey: The journey's name.
        message: What is to be said, and on which channels.
        step: Where in the journey: the message's key, numbered where it is sent again.
        visit: 1 for the first time this step is decided, then one more each time.
        dedupe_key: ``{workflow_id}:{first_execution_run_id}:{step}:{visit}``; the same key, the same decision.
        priority: 0 to 100.
        asked_at: What the run believes the time to be; under skipped time this is the time.
        woke_late: How long after it was due the wait or the hold before this ended; None where none ended by its time.
        goal: The event that would make the message pointless.
        key: The property that tells runs of the journey apart; with one, only a goal of the run's own value counts, or
            one without the property.
        holdout: Whether the journey has a holdout: then nobody who was drawn for it is reached.
        expires_at: A message that could only go at or after this instant is dropped.
        failures: The channels that failed before in this attempt.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    run_id: UUID
    profile_id: UUID
    journey: str
    message: Message
    step: str
    visit: int
    dedupe_key: str
    priority: int
    asked_at: AwareDatetime
    woke_late: timedelta | None = None
    goal: str | None = None
    key: str | None = None
    holdout: bool = False
    expires_at: AwareDatetime | None = None
    failures: tuple[Failure, ...] = ()


class RecordedDecision(BaseModel):
    """What the ledger decided and wrote down; small, since it lies in the run's history.

    Args:
        id: Look it up by this: ``fermata explain``.
        next_eligible_at: Only with defer; None there means: until the person is seen again.
        local_time: ``next_eligible_at`` as the person's clock shows it, for people to read.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    action: Action
    reason: Reason
    channel: Channel | None = None
    next_eligible_at: datetime | None = None
    local_time: str | None = None
