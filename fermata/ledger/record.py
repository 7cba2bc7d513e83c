"""A decision as the ledger keeps it: what was decided, on which facts, by which rules, and what came of it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from fermata.ledger.policies import Activation
from fermata.policy import Facts, Opening
from fermata.vocabulary import Action, Channel, DeliveryState, Purpose, Reason


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class DecisionSummary(_Kept):
    """What was decided.

    Args:
        visit: 1 for the first time that the step was decided.
        next_eligible_at: Only with defer; None there means: until the next visit.
        policy: Content hash of the policy that it was decided under.
    """

    id: UUID
    profile_id: UUID
    run_id: UUID
    journey: str
    message: str
    step: str
    visit: int
    purpose: Purpose
    priority: int
    action: Action
    reason: Reason
    channel: Channel | None
    next_eligible_at: datetime | None
    decided_at: datetime
    policy: str


class RuleAnswer(_Kept):
    """What one rule answered for one channel; the fields are those of ``fermata.policy.TraceEntry``."""

    channel: Channel | None = None
    rule: str
    verdict: Opening
    local: datetime
    zone: str | None = None
    until: datetime | None = None
    reason: Reason | None = None
    count: int | None = None
    limit: int | None = None
    note: str | None = None


class Delivery(_Kept):
    """What became of a decision to send.

    Args:
        channel: The channel that carried it.
        state: Where it stands.
        reserved_at: When its slot was taken.
        updated_at: When it came to that state.
        provider: Who took it.
        reason: Why it failed, where it did.
    """

    channel: Channel
    state: DeliveryState
    reserved_at: datetime
    updated_at: datetime
    provider: str | None = None
    reason: Reason | None = None


class DecisionRecord(DecisionSummary):
    """Everything that is kept of a decision. Addresses are masked.

    Args:
        in_force: The activation by which its policy was in force; None where none is on record.
        delivery: Only with send.
        decided_again: The decision that followed on the same message, after a hold or a failure; None for none yet.
        facts: What it was made on; None where this version of Fermata cannot read them.
        facts_fault: Why it cannot.
        trace: What each rule answered, in the order in which they were asked.
    """

    in_force: Activation | None
    delivery: Delivery | None
    decided_again: UUID | None
    facts: Facts | None
    facts_fault: str | None
    trace: tuple[RuleAnswer, ...]


class DecisionPage(_Kept):
    """A page of decisions.

    Args:
        items: The newest first.
        next_cursor: Give it to get the page after; None on the last page.
    """

    items: tuple[DecisionSummary, ...]
    next_cursor: str | None
