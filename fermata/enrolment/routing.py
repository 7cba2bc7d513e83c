"""The rule of enrolment, pure: what one event of one profile starts, reaches, or is refused by, journey for journey."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
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
    """The event would have started a run, and does not."""

    journey: str
    reason: Reason


Route: TypeAlias = NewRun | Reach | Refusal

_NOTHING = History()


def route(
    registry: Registry,
    name: str,
    occurred_at: datetime,
    profile_id: UUID,
    histories: Mapping[str, History],
    now: datetime,
) -> Iterator[Route]:
    """Says what an event does, journey for journey, in the order of their names.

    Args:
        registry: The journeys of this deployment.
        name: The event's.
        occurred_at: The event's.
        profile_id: Whose it is.
        histories: By journey; a journey that is missing has none.
        now: The instant for re-entry.
    """
    starting = registry.started_by(name)
    for journey in registry.awaiting(name):  # a trigger is awaited too
        history = histories.get(journey, _NOTHING)
        latest = history.latest
        if latest is not None and latest.ended_at is None:
            yield Reach(journey, latest.id, Reason.ALREADY_ENROLLED if journey in starting else None)
        elif journey in starting:
            yield _start(journey, registry[journey], occurred_at, profile_id, history, now)


def _start(
    journey: str,
    definition: JourneyDefinition,
    occurred_at: datetime,
    profile_id: UUID,
    history: History,
    now: datetime,
) -> NewRun | Refusal:
    if history.latest is not None and not _may_enter_again(definition, history.latest, now):
        return Refusal(journey, Reason.REENTRY_BLOCKED)
    # Before the holdout: whoever has reached the goal already must be missing from both sides of the comparison.
    if history.goal_at is not None and history.goal_at >= occurred_at:
        return Refusal(journey, Reason.GOAL_MET)
    return NewRun(journey, holdout=held_out(journey, profile_id, definition.holdout))


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
