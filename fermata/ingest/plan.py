"""What a batch of events does, worked out in memory before anything is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from fermata.database import new_id
from fermata.enrolment import (
    Enrolment,
    History,
    Interest,
    LatestRun,
    Moment,
    NewRun,
    Occurred,
    Reach,
    Route,
    route,
)
from fermata.events import IncomingEvent, Mark
from fermata.journeys import JourneyEvent, Registry, project
from fermata.vocabulary import Reason

DispatchKind = Literal["start", "signal", "reconsider"]
Histories = Mapping[tuple[UUID, str], History]


@dataclass(frozen=True, slots=True)
class OwnedEvent:
    """An event and the profile it belongs to.

    Args:
        id: Its id here.
        profile_id: Its person.
        incoming: As it came in.
    """

    id: UUID
    profile_id: UUID
    incoming: IncomingEvent


@dataclass(frozen=True, slots=True)
class NewDispatch:
    """An event that must go to a workflow."""

    profile_id: UUID
    run_id: UUID
    event_id: UUID
    kind: DispatchKind
    event: JourneyEvent


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written.

    Args:
        routings: What each event started or reached, by journey; in the order of the events.
        enrolments: Runs that begin.
        dispatches: In the order in which they must arrive.
    """

    routings: list[dict[str, str]] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    dispatches: list[NewDispatch] = field(default_factory=list)


def interests(registry: Registry, events: Iterable[OwnedEvent]) -> list[Interest]:
    """The profiles and journeys whose history the events ask for; most events ask for none."""
    found: dict[tuple[UUID, str], Interest] = {}
    for event in events:
        for journey in registry.awaiting(event.incoming.name):
            found.setdefault((event.profile_id, journey), Interest(event.profile_id, journey, registry[journey].goal))
    return list(found.values())


def plan(registry: Registry, events: Sequence[OwnedEvent], stored: Histories, moment: Moment) -> Plan:
    """Routes each event in turn, each seeing what those before it have started.

    Args:
        registry: The journeys of this deployment.
        events: In the order in which they occurred.
        stored: The histories of their ``interests``.
        moment: When they are routed.
    """
    result = Plan()
    known = _with_goals_of(events, registry, stored)
    for event in events:
        routing: dict[str, str] = {}
        mine = {journey: known[event.profile_id, journey] for journey in registry.awaiting(event.incoming.name)}
        for step in route(registry, _occurred(event), mine, moment):
            routing[step.journey] = _take(step, event, known, result, moment.now)
        result.routings.append(routing)
    return result


def _occurred(event: OwnedEvent) -> Occurred:
    incoming = event.incoming
    return Occurred(incoming.name, incoming.occurred_at, event.profile_id, Mark.HISTORICAL in incoming.marks)


def _take(step: Route, event: OwnedEvent, known: dict[tuple[UUID, str], History], result: Plan, now: datetime) -> str:
    """Adds a step to the plan and says in a word what became of the event."""
    match step:
        case NewRun(journey, holdout):
            run_id = new_id()
            result.enrolments.append(Enrolment(run_id, journey, event.profile_id, event.id, holdout))
            latest = LatestRun(run_id, now if holdout else None)
            known[event.profile_id, journey] = History(latest, known[event.profile_id, journey].goal_at)
            if holdout:
                return Reason.HOLDOUT_JOURNEY.value
            result.dispatches.append(_dispatch("start", run_id, event))
            return "started"
        case Reach(_, run_id, reason):
            result.dispatches.append(_dispatch("signal", run_id, event))
            return reason.value if reason is not None else "reached"
        case refusal:
            return refusal.reason.value


def _dispatch(kind: DispatchKind, run_id: UUID, event: OwnedEvent) -> NewDispatch:
    incoming = event.incoming
    told = JourneyEvent(
        id=event.id,
        name=incoming.name,
        occurred_at=incoming.occurred_at,
        properties=project(incoming.properties),
    )
    return NewDispatch(event.profile_id, run_id, event.id, kind, told)


def _with_goals_of(
    events: Iterable[OwnedEvent], registry: Registry, stored: Histories
) -> dict[tuple[UUID, str], History]:
    """The histories, with the goals that these very events bring: they are not in the database yet."""
    known = dict(stored)
    for event in events:
        for journey in registry.awaiting(event.incoming.name):
            key = (event.profile_id, journey)
            before = known[key]
            occurred_at = event.incoming.occurred_at
            is_goal = registry[journey].goal == event.incoming.name
            if is_goal and (before.goal_at is None or occurred_at > before.goal_at):
                known[key] = History(before.latest, occurred_at)
    return known
