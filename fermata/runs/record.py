"""A run as it is kept: whose, since when, how it ended, what waits in it, and what operators did with it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from fermata.ledger.record import DecisionSummary
from fermata.vocabulary import Channel, Purpose, Reason


class RunState(StrEnum):
    """How a run stands in the ledger. What an active one does just now, Temporal knows."""

    ACTIVE = "active"
    COMPLETED = "completed"
    CONVERTED = "converted"
    EXITED = "exited"
    TIMED_OUT = "timed_out"
    FAILED = "failed"
    TERMINATED = "terminated"
    HOLDOUT = "holdout"


class Operation(StrEnum):
    """What an operator can do with a run."""

    PAUSE = "pause"
    RESUME = "resume"
    SKIP = "skip"
    EXIT = "exit"


class ActionResult(StrEnum):
    """What came of an operator's word."""

    DONE = "done"
    RUN_ENDED = "run_ended"
    NOT_IN_TEMPORAL = "not_in_temporal"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


class _Kept(BaseModel):
    # The text under a field is its description in the OpenAPI document too.
    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class RunSummary(_Kept):
    """One person's way through one journey."""

    id: UUID
    """The run's."""
    journey: str
    """The journey's name."""
    key: str
    """What tells it from other runs of the person in this journey: an order, a ticket; empty without a key."""
    profile_id: UUID
    """Whose it is; after a merge, the profile that remains."""
    workflow_id: str
    """Its id in Temporal, which its UI finds it by."""
    state: RunState
    """`active`, or how it ended. `holdout` was enrolled and never reached; `terminated` ended behind our back."""
    reason: str | None
    """What ended it."""
    trigger: str | None
    """The name of the event that started it."""
    started_at: datetime
    """When the person was enrolled."""
    ended_at: datetime | None
    """When it ended; null while it is active."""


class RunPage(_Kept):
    """A page of runs."""

    items: tuple[RunSummary, ...]
    """The newest first."""
    next_cursor: str | None
    """Give it to get the page after; null on the last page."""


class HeldMessage(_Kept):
    """A message of the run that was held and will be decided again."""

    decision_id: UUID
    """The decision that held it: `/api/v1/decisions/{decision_id}` tells why."""
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
    """When it will be decided again; null for the person's next visit."""
    expires_at: datetime | None
    """It is dropped when it could only go at this instant or later."""


class ActionRecord(_Kept):
    """What an operator did with the run."""

    action: Operation
    """What was asked for."""
    by: str
    """Who asked: a key's name, or a user's on the command line."""
    why: str
    """For whoever reads it later; empty where nothing was said."""
    at: datetime
    """When."""
    result: ActionResult
    """Whether it was done."""
    detail: str
    """Where the run stood after it; or why it was not done."""


class RunRecord(RunSummary):
    """Everything that is kept of a run."""

    temporal_run_id: str | None
    """Temporal's id of its first execution; null before it has begun there."""
    waiting: tuple[HeldMessage, ...]
    """What is held in it, in the order in which it will be decided."""
    decisions: tuple[DecisionSummary, ...]
    """The latest decisions in it, the newest first, up to 20."""
    actions: tuple[ActionRecord, ...]
    """The latest that operators did with it, the newest first, up to 20. Words said in Temporal's own UI stand in its
    history alone."""
