"""What can be asked of the measuring: plain words that travel to the process that works the answer out.

It loads numpy and scipy, and may take a minute: so no server does it itself, and a question goes out as JSON.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

Name = Annotated[str, Field(min_length=1, max_length=255, pattern="^[^\\x00]*$")]
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2970, 1, 1, tzinfo=UTC)


def _in_our_times(instant: datetime) -> datetime:
    if not _FIRST <= instant <= _LAST:
        raise ValueError(f"lies before {_FIRST:%Y} or after {_LAST:%Y}; nothing is known of that time")
    return instant


Instant = Annotated[AwareDatetime, AfterValidator(_in_our_times)]
"""A time that can be reckoned from: ten years before it and after it are times too."""
Positive = Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=3660))]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    since: Instant
    until: Instant


class LiftAsked(_Asked):
    """What does reaching people bring?

    Args:
        journey: Of this journey; None for all together, beside the global holdout.
        experiment: The variants of this experiment instead.
        control: The variant that the others are compared with.
        event: What people should do.
        within: How long each of them is watched.
        share: Which part the journey holds out, or the deployment.
        salt: Of the global holdout.
        now: The present.
    """

    kind: Literal["lift"] = "lift"
    journey: Name | None = None
    experiment: Name | None = None
    control: Name = "control"
    event: Name
    within: Positive = timedelta(days=14)
    share: float = 0.0
    salt: str = ""
    now: AwareDatetime


class AttributionAsked(_Asked):
    """Which channels are conversions owed to?

    Args:
        conversion: The event that counts as one.
        lookback: Touches longer before the end count for nothing.
        half_life: For time decay.
    """

    kind: Literal["attribution"] = "attribution"
    conversion: Name = "Order Completed"
    lookback: Positive = timedelta(days=30)
    half_life: Positive = timedelta(days=7)


class PathsAsked(_Asked):
    """What do people do before an outcome?

    Args:
        outcome: The event that paths may lead to.
        horizon: How long after a path it counts.
        longest: Steps of the longest path; 1 for single events, the micro-conversions.
        order: What comes first.
        fewest: People who must have walked a path.
        limit: How many are told.
    """

    kind: Literal["paths"] = "paths"
    outcome: Name = "Order Completed"
    horizon: Positive = timedelta(days=7)
    longest: Annotated[int, Field(ge=1, le=5)] = 3
    order: Literal["lift", "frequency", "time"] = "lift"
    fewest: Annotated[int, Field(ge=1)] = 20
    limit: Annotated[int, Field(ge=1, le=1000)] = 20


class KpisAsked(_Asked):
    """How do things stand?

    Args:
        purchase: The event that is an order.
    """

    kind: Literal["kpis"] = "kpis"
    purchase: Name = "Order Completed"


class NextActionsAsked(_Asked):
    """What was chosen to come next for people, and what did it bring?

    Args:
        journey: Which asked; None for all.
        event: What people should do after it.
        within: How long each of them is watched.
        now: The present.
    """

    kind: Literal["next_best_actions"] = "next_best_actions"
    journey: Name | None = None
    event: Name = "Order Completed"
    within: Positive = timedelta(days=14)
    now: AwareDatetime


Asked = Annotated[LiftAsked | AttributionAsked | PathsAsked | KpisAsked | NextActionsAsked, Field(discriminator="kind")]
ASKED: TypeAdapter[Asked] = TypeAdapter(Asked)
"""Reads a question."""
