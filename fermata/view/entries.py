"""The entries of a timeline, each kind with what there is to tell of it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from fermata.view.shown import Shown
from fermata.vocabulary import Action, Channel, Consent, DeliveryState, Purpose, Reason


class EntryKind(StrEnum):
    """What sort of entry it is. Of several at one instant, the later in this list follows from the others."""

    EVENT = "event"
    CONSENT = "consent"
    MERGE = "merge"
    ENROLMENT = "enrolment"
    DECISION = "decision"
    DELIVERY = "delivery"
    CARD = "card"
    RUN_END = "run_end"


class Entry(Shown):
    """What all entries have. `kind` and `id` together tell one from all others."""

    id: UUID
    """The id of what it tells of."""
    at: datetime
    """Its place in the timeline, which never changes."""


class EventEntry(Entry):
    """Something happened. `at` is when it occurred."""

    kind: Literal[EntryKind.EVENT] = EntryKind.EVENT
    received_at: datetime
    """When it came in."""
    type: str
    """`track`, `identify`, `page`, `screen`, `group` or `alias`."""
    name: str
    """Its standard name."""
    original_name: str | None
    """The sender's, where that is another."""
    message_id: str
    """The sender's id for it."""
    properties: dict[str, Any]
    """Its properties."""
    routing: dict[str, str]
    """What it started or reached, by journey, or why not."""
    marks: tuple[str, ...]
    """What was done with it, for example `clamped_from_future`."""


class ConsentEntry(Entry):
    """The person agreed to something or took it back. `at` is when they said so."""

    kind: Literal[EntryKind.CONSENT] = EntryKind.CONSENT
    recorded_at: datetime
    """When it came in."""
    channel: Channel
    """The channel."""
    purpose: str
    """What for."""
    status: Consent
    """Granted or revoked."""
    source: str
    """Where it was said."""
    region: str | None
    """Where the person was then, as far as it was known."""
    stated_as: str
    """The strongest name under which it was said, as `kind:value`."""
    message_id: str | None
    """The message id of the event that said it."""


class MergeEntry(Entry):
    """Another profile became part of this one. `id` is the id that it had."""

    kind: Literal[EntryKind.MERGE] = EntryKind.MERGE
    name: str
    """A name of the profile that stayed, as `kind:value`."""
    other_name: str
    """A name of the profile that was merged: one event stated both."""
    message_id: str
    """The message id of that event."""


class EnrolmentEntry(Entry):
    """A run of a journey began. `id` is the run's."""

    kind: Literal[EntryKind.ENROLMENT] = EntryKind.ENROLMENT
    journey: str
    """The journey."""
    key: str
    """What tells runs of one journey apart, for example an order; empty where the journey has no key."""
    workflow_id: str
    """Its id in Temporal."""
    trigger_event_id: UUID
    """The event that started it."""
    holdout: bool
    """Enrolled to be compared with, and never reached."""


class DecisionEntry(Entry):
    """An attempt to reach the person was decided. `/api/v1/decisions/{id}` tells why."""

    kind: Literal[EntryKind.DECISION] = EntryKind.DECISION
    run_id: UUID
    """The run that asked."""
    journey: str
    """The journey."""
    message: str
    """The message's key."""
    step: str
    """Where in the journey."""
    visit: int
    """1 for the first time that the step was decided."""
    purpose: Purpose
    """Why the person would be reached."""
    action: Action
    """Send, defer or drop."""
    reason: Reason
    """Why."""
    channel: Channel | None
    """The channel that it is about; null for a drop of the whole message."""
    next_eligible_at: datetime | None
    """With defer: when it is decided again; null there means at the next visit."""


class DeliveryEntry(Entry):
    """A message took a slot and went out, or did not. `id` is the decision's, and `at` when the slot was taken."""

    kind: Literal[EntryKind.DELIVERY] = EntryKind.DELIVERY
    run_id: UUID
    """The run that sent it."""
    journey: str
    """The journey."""
    message: str
    """The message's key."""
    channel: Channel
    """The channel that carried it."""
    state: DeliveryState
    """Where it stands now."""
    updated_at: datetime
    """When it came to that state."""
    provider: str | None
    """Who took it."""
    reason: Reason | None
    """Why it failed, where it did."""


class CardEntry(Entry):
    """A card, an inbox message or a badge was put where the person will find it. `id` is the decision's too."""

    kind: Literal[EntryKind.CARD] = EntryKind.CARD
    card: Channel
    """`in_app`, `inbox` or `badge`."""
    message: str
    """The message's key."""
    title: str
    """Its title."""
    read_at: datetime | None
    """When it was first read; null for unread."""
    expires_at: datetime | None
    """When it disappears; null for never."""


class RunEndEntry(Entry):
    """A run of a journey ended. `id` is the run's."""

    kind: Literal[EntryKind.RUN_END] = EntryKind.RUN_END
    journey: str
    """The journey."""
    key: str
    """What tells runs of one journey apart; empty where the journey has no key."""
    state: str
    """How: `completed`, `converted`, `exited`, `timed_out`, `failed` or `holdout`."""
    reason: str | None
    """What ended it."""


TimelineEntry = Annotated[
    EventEntry | ConsentEntry | MergeEntry | EnrolmentEntry | DecisionEntry | DeliveryEntry | CardEntry | RunEndEntry,
    Field(discriminator="kind"),
]
"""One entry, told apart by ``kind``."""
