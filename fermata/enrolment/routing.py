"""The rule of enrolment, pure: what one event of one profile starts, reaches, or is refused by, journey for journey."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never
from uuid import UUID

from fermata.enrolment.holdout import held_out
from fermata.journeys import After, Always, JourneyDefinition, Never, Registry
from fermata.vocabulary import Reason


@dataclass(frozen=True, slots=True)
class LatestRun:
    """The latest run of a profile in a journey.

    Args:
        id: The run's.
        ended_at: None while it is active.
    """

    id: UUID
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What is on record of one profile in one journey.

    Args:
        latest: Its latest run, or None where it never was in the journey.
        goal_at: When the latest goal event of the profile occurred, or None.
    """

    latest: LatestRun | None = None
    goal_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Occurred:
    """The event that is routed.

    Args:
        name: Its name.
        at: When it occurred.
        profile_id: Whose it is.
        historical: It was imported: the past, which no run waits for.
    """

    name: str
    at: datetime
    profile_id: UUID
    historical: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """When an event is routed, and how old it may be.

    Args:
        now: The instant, for re-entry too.
        latest_trigger: How long after it occurred an event still starts a run; None for however long.
    """

    now: datetime
    latest_trigger: timedelta | None = None

    def is_too_late(self, event: Occurred) -> bool:
        """Whether the event is older than a trigger may be."""
        return self.latest_trigger is not None and self.now - event.at > self.latest_trigger


@dataclass(frozen=True, slots=True)
class NewRun:
    """The event starts a run. A holdout is a run too: on record, ended at once, and never reached."""

    journey: str
    holdout: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """The event goes to an active run; ``reason`` says so where it would have started one."""

    journey: str
    run_id: UUID
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """The event would have started or reached a run, and does not."""

    journey: str
    reason: Reason


Route: TypeAlias = NewRun | Reach | Refusal

_NOTHING = History()


def route(registry: Registry, event: Occurred, histories: Mapping[str, History], moment: Moment) -> Iterator[Route]:
    """Says what an event does, journey for journey, in the order of their names.

    Args:
        registry: The journeys of this deployment.
        event: The event.
        histories: By journey; a journey that is missing has none.
        moment: When it is routed.
    """
    starting = registry.started_by(event.name)
    too_late = moment.is_too_late(event)
    for journey in registry.awaiting(event.name):  # a trigger is awaited too
        history = histories.get(journey, _NOTHING)
        latest = history.latest
        if latest is not None and latest.ended_at is None:
            if too_late and event.historical:
                yield Refusal(journey, Reason.EVENT_TOO_LATE)
            else:
                yield Reach(journey, latest.id, Reason.ALREADY_ENROLLED if journey in starting else None)
        elif journey in starting:
            if too_late:
                yield Refusal(journey, Reason.EVENT_TOO_LATE)
            else:
                yield _start(journey, registry[journey], event, history, moment.now)


def _start(
    journey: str, definition: JourneyDefinition, event: Occurred, history: History, now: datetime
) -> NewRun | Refusal:
    if history.latest is not None and not _may_enter_again(definition, history.latest, now):
        return Refusal(journey, Reason.REENTRY_BLOCKED)
    # Before the holdout: whoever has reached the goal already must be missing from both sides of the comparison.
    if history.goal_at is not None and history.goal_at >= event.at:
        return Refusal(journey, Reason.GOAL_MET)
    return NewRun(journey, holdout=held_out(journey, event.profile_id, definition.holdout))


def _may_enter_again(definition: JourneyDefinition, latest: LatestRun, now: datetime) -> bool:
    rule = definition.reentry
    match rule:
        case Never():
            return False
        case Always():
            return True
        case After():
            return latest.ended_at is not None and now >= latest.ended_at + rule.duration
        case _:
            assert_never(rule)
