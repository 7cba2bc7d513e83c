"""How somebody came to us, and how far they have come: read from their events when it is asked."""

from datetime import datetime
from typing import Self

from fermata.profiles.acquisition import PastTouch, read_acquisition
from fermata.profiles.lifecycle import read_stage
from fermata.view.shown import Shown
from fermata.view.subject import Subject
from fermata.vocabulary import AcquisitionChannel, LifecycleStage


class Lifecycle(Shown):
    """How far somebody has come, and what that follows from."""

    stage: LifecycleStage
    """The stage; everybody is in exactly one."""
    orders: int
    """How often they ordered."""
    last_order_at: datetime | None
    """When they did last; null without an order."""


class TouchPoint(Shown):
    """A way by which somebody came, and when."""

    at: datetime
    """When the event occurred that tells of it."""
    channel: AcquisitionChannel
    """Which kind of way."""
    source: str | None
    """Where from, for example `google`."""
    medium: str | None
    """By what, for example `cpc`."""
    campaign: str | None
    """Which campaign."""
    term: str | None
    """The words that were searched for, or bought."""
    content: str | None
    """Which of several links."""
    referrer: str | None
    """The site that they came from."""

    @classmethod
    def of(cls, touch: PastTouch | None) -> Self | None:
        """Shows a touch; None where there is none."""
        if touch is None:
            return None
        return cls(**{name: getattr(touch, name) for name in cls.model_fields})


class Acquisition(Shown):
    """How somebody came to us. Both are null where no event tells."""

    first: TouchPoint | None
    """Their earliest touch."""
    latest: TouchPoint | None
    """Their latest that is not direct, where there is one."""


async def lifecycle(subject: Subject) -> Lifecycle:
    """Returns how far the person has come."""
    stage = await read_stage(subject.connection, subject.id, subject.now)
    return Lifecycle(stage=stage.stage, orders=stage.orders, last_order_at=stage.last_order_at)


async def acquisition(subject: Subject) -> Acquisition:
    """Returns how the person came to us."""
    came = await read_acquisition(subject.connection, subject.id, subject.now)
    return Acquisition(first=TouchPoint.of(came.first), latest=TouchPoint.of(came.latest))
