"""A broadcast as it is kept: what goes out to whom, how it stands, how far it is, and who changed what."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from fermata.vocabulary import Reason

STARTED = "started"
LEFT_OUT = "holdout_broadcast"
NO_NAME = "no_name"
CANCELLED = "cancelled"
NO_JOURNEY = "event_no_journey"

_HELD_OUT = frozenset({LEFT_OUT, Reason.HOLDOUT_GLOBAL.value, Reason.HOLDOUT_JOURNEY.value})


class BroadcastState(StrEnum):
    """How a broadcast stands."""

    SCHEDULED = "scheduled"
    CHOOSING = "choosing"
    ENTERING = "entering"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self in {BroadcastState.DONE, BroadcastState.CANCELLED, BroadcastState.FAILED}


class BroadcastOperation(StrEnum):
    """What an operator can do with a broadcast."""

    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"


class _Kept(BaseModel):
    # The text under a field is its description in the OpenAPI document too.
    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class Change(_Kept):
    """A word that changed how a broadcast stands."""

    at: datetime
    """When it took hold."""
    state: BroadcastState
    """How it stood from then on."""
    by: str
    """Who said so."""
    why: str
    """For whoever reads it later; empty where nothing was said."""


class Progress(_Kept):
    """How far a broadcast is. The numbers add up to `people`, but for `gone`."""

    people: int
    """In the segment, as far as it has been gone through."""
    entered: int
    """Have entered the journey."""
    held_out: int
    """Held out, by the broadcast's own share or the journey's or the global one."""
    refused: Mapping[str, int]
    """Did not enter, by reason: `reentry_blocked`, `goal_met`, `no_name` (nothing to find them by), `cancelled`…"""
    left: int
    """Have yet to enter."""

    @property
    def gone(self) -> int:
        """Merged into others, or erased, before they could enter."""
        return max(0, self.people - self.entered - self.held_out - sum(self.refused.values()) - self.left)


class BroadcastRecord(_Kept):
    """A broadcast that was started."""

    id: UUID
    """Its id; in Temporal that of its first execution."""
    name: str
    """As it is declared."""
    journey: str
    """The journey that people enter by it."""
    segment: str
    """Who is meant, in words."""
    properties: Mapping[str, str | int | float | bool | None]
    """Of the event that each of them gets, as they were given."""
    local_time: str | None
    """The time on each person's own clock; null for all at once."""
    rate: str | None
    """How many people enter in how long; null for as fast as it goes."""
    holdout: float
    """The share that is left out."""
    state: BroadcastState
    """How it stands."""
    starts_at: datetime
    """When the segment is looked at; nobody enters before."""
    chosen_at: datetime | None
    """When everybody in the segment was written down; null before."""
    ended_at: datetime | None
    """When it ended; null while it is under way."""
    created_at: datetime
    """When it was started."""
    progress: Progress
    """How far it is."""
    changes: tuple[Change, ...]
    """Who changed what, the oldest first."""
    workflow_id: str
    """Its id in Temporal, which its UI finds it by."""


class BroadcastPage(_Kept):
    """A page of broadcasts."""

    items: tuple[BroadcastRecord, ...]
    """The newest first."""
    next_cursor: str | None
    """Give it to get the page after; null on the last page."""


def progress_of(people: int, outcomes: Mapping[str, int], left: int) -> Progress:
    """How far a broadcast is.

    Args:
        people: In the segment, as far as it has been gone through.
        outcomes: What became of them, counted by code.
        left: How many have yet to enter.
    """
    others = sorted((code, number) for code, number in outcomes.items() if code != STARTED and code not in _HELD_OUT)
    refused = {code: number for code, number in others if number}
    held_out = sum(number for code, number in outcomes.items() if code in _HELD_OUT)
    return Progress(people=people, entered=outcomes.get(STARTED, 0), held_out=held_out, refused=refused, left=left)
