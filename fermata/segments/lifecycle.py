"""The lifecycle stage of a person: one stated rule over what they ordered, when they were seen, and how to reach them.

An order is the event "Order Completed". A later cancellation or refund does not undo it: somebody ordered.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator

from fermata.segments.condition import Condition
from fermata.segments.invalid import built
from fermata.vocabulary import LifecycleStage

ORDER = "Order Completed"

ACTIVE_FOR = timedelta(days=30)
"""Somebody who has not ordered yet counts as active this long after they were last seen."""

AT_RISK_AFTER = timedelta(days=90)
"""A customer is at risk when the last order lies at least this far back."""

LAPSED_AFTER = timedelta(days=180)
"""A customer has lapsed when the last order lies at least this far back."""

_WORDS = {
    LifecycleStage.VISITOR: "a visitor",
    LifecycleStage.LEAD: "a lead",
    LifecycleStage.ACTIVE: "active",
    LifecycleStage.CUSTOMER: "a customer",
    LifecycleStage.REPEAT_CUSTOMER: "a repeat customer",
    LifecycleStage.AT_RISK: "at risk",
    LifecycleStage.LAPSED: "lapsed",
}


@dataclass(frozen=True, slots=True)
class StageFacts:
    """What a stage follows from.

    Args:
        orders: How many there were.
        last_order_at: When the last was; None without any.
        reachable: An address for email, SMS or push is on record.
        seen_at: When the latest event occurred; None without any.
    """

    orders: int
    last_order_at: datetime | None
    reachable: bool
    seen_at: datetime | None


def stage_of(facts: StageFacts, at: datetime) -> LifecycleStage:
    """The stage that somebody is in. A period is half-open: exactly 90 days after the last order they are at risk.

    Args:
        facts: Of the person, up to the instant.
        at: The instant, aware.
    """
    if facts.last_order_at is None:
        if not facts.reachable:
            return LifecycleStage.VISITOR
        seen = facts.seen_at is not None and facts.seen_at > at - ACTIVE_FOR
        return LifecycleStage.ACTIVE if seen else LifecycleStage.LEAD
    since = at - facts.last_order_at
    if since >= LAPSED_AFTER:
        return LifecycleStage.LAPSED
    if since >= AT_RISK_AFTER:
        return LifecycleStage.AT_RISK
    return LifecycleStage.REPEAT_CUSTOMER if facts.orders > 1 else LifecycleStage.CUSTOMER


def _each_once(stages: tuple[LifecycleStage, ...]) -> tuple[LifecycleStage, ...]:
    if not stages:
        raise ValueError("name at least one")
    return tuple(stage for stage in LifecycleStage if stage in stages)


class InStage(Condition):
    """The person is in one of these stages.

    Args:
        stages: In the order in which people go through them.
    """

    event: ClassVar[str] = ORDER
    kind: Literal["in_stage"] = "in_stage"
    stages: Annotated[tuple[LifecycleStage, ...], AfterValidator(_each_once)]

    @property
    def words(self) -> str:
        return f"is {' or '.join(_WORDS[stage] for stage in self.stages)}"

    @property
    def denial(self) -> str:
        return f"is not {' or '.join(_WORDS[stage] for stage in self.stages)}"


def in_stage(*stages: LifecycleStage | str) -> InStage:
    """The person is in one of these lifecycle stages: ``in_stage("at_risk", "lapsed")``.

    Raises:
        InvalidSegment: One of them is no stage, or there is none.
    """
    return built(InStage, stages=stages)
