"""What a batch of events does, worked out in memory before anything is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from fermata.database import new_id
from fermata.enrolment import (
    RESTARTED,
    Enrolment,
    Interest,
    LatestRun,
    Moment,
    NewRun,
    Occurred,
    Reach,
    Refusal,
    Route,
    Standing,
    route,
)
from fermata.events import IncomingEvent, Mark
from fermata.ingest.outgoing import DispatchKind, NewDispatch
from fermata.journeys import JourneyDefinition, JourneyEvent, Registry, RunOver, key_value, project, run_key


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
class Plan:
    """What is to be written.

    Args:
        routings: What each event started or reached, by journey; in the order of the events.
        explanations: Why not, in words, by journey, where a reason alone does not say it; in the same order.
        enrolments: Runs that begin.
        dispatches: In the order in which they must arrive.
    """

    routings: list[dict[str, str]] = field(default_factory=list)
    explanations: list[dict[str, str]] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    dispatches: list[NewDispatch] = field(default_factory=list)


def interests(registry: Registry, events: Iterable[OwnedEvent]) -> list[Interest]:
    """The profiles and journeys whose history the events ask for; most events ask for none."""
    found: dict[tuple[UUID, str, str | None], Interest] = {}
    for event in events:
        for journey in registry.awaiting(event.incoming.name):
            definition = registry[journey]
            value = key_value(event.incoming.properties, definition.key)
            interest = Interest(event.profile_id, journey, definition, value)
            found.setdefault((event.profile_id, journey, value), interest)
    return list(found.values())


def plan(registry: Registry, events: Sequence[OwnedEvent], stored: Standing, moment: Moment) -> Plan:
    """Routes each event in turn, each seeing what those before it have started.

    Args:
        registry: The journeys of this deployment.
        events: In the order in which they occurred.
        stored: What is on record of their ``interests``; it stays as it is.
        moment: When they are routed.
    """
    result, known = Plan(), stored.copy()
    _add_goals(events, registry, known)
    for event in events:
        routing: dict[str, str] = {}
        explained: dict[str, str] = {}
        mine = {
            journey: known.history(event.profile_id, journey, _key(event, registry[journey]))
            for journey in registry.awaiting(event.incoming.name)
        }
        for step in route(registry, _occurred(event), mine, moment, known.person(event.profile_id)):
            key = _key(event, registry[step.journey])
            routing[step.journey] = _take(step, event, key, known, result, moment.now)
            if isinstance(step, Refusal) and step.note is not None:
                explained[step.journey] = step.note
        result.routings.append(routing)
        result.explanations.append(explained)
    return result


def _key(event: OwnedEvent, definition: JourneyDefinition) -> str:
    return run_key(key_value(event.incoming.properties, definition.key))


def _occurred(event: OwnedEvent) -> Occurred:
    incoming = event.incoming
    historical = Mark.HISTORICAL in incoming.marks
    return Occurred(incoming.name, incoming.occurred_at, event.profile_id, historical, incoming.properties)


def _take(step: Route, event: OwnedEvent, key: str, known: Standing, result: Plan, now: datetime) -> str:
    """Adds a step to the plan and says in a word what became of the event."""
    match step:
        case NewRun(journey, held_out, draws, replaces):
            run_id = new_id()
            if replaces is not None:
                known.end(event.profile_id, journey, replaces)
                over = RunOver(reason=RESTARTED)
                result.dispatches.append(NewDispatch(event.profile_id, replaces, event.id, "over", over))
            result.enrolments.append(
                Enrolment(run_id, journey, event.profile_id, event.id, held_out, key, draws, replaces)
            )
            known.begin((event.profile_id, journey, key), LatestRun(run_id, now if held_out else None))
            for draw in draws:
                known.draw(event.profile_id, draw.scope, draw.held_out)
            if held_out is not None:
                return held_out.value
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
    return NewDispatch(event.profile_id, run_id, event.id, kind, told, incoming.traceparent)


def _add_goals(events: Iterable[OwnedEvent], registry: Registry, known: Standing) -> None:
    """Adds the goals that these very events bring: they are not in the database yet. One without a key is for all."""
    keys: dict[tuple[UUID, str], set[str]] = {}
    for event in events:
        for journey in registry.awaiting(event.incoming.name):
            keys.setdefault((event.profile_id, journey), set()).add(_key(event, registry[journey]))
    for event in events:
        for journey in registry.awaiting(event.incoming.name):
            if registry[journey].goal != event.incoming.name:
                continue
            own = _key(event, registry[journey])
            for key in {own} if own else keys[event.profile_id, journey]:
                known.reach_goal((event.profile_id, journey, key), event.incoming.occurred_at)
