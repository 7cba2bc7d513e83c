"""The rule of enrolment, pure: what one event of one profile starts, reaches, or is refused by, journey for journey."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias, assert_never
from uuid import UUID

from fermata.enrolment.drawing import Draw, draw
from fermata.enrolment.standing import History, LatestRun, Person
from fermata.journeys import NOBODY, After, Always, GlobalHoldout, JourneyDefinition, Never, Registry, key_value
from fermata.vocabulary import Reason


@dataclass(frozen=True, slots=True)
class Occurred:
    """The event that is routed.

    Args:
        name: Its name.
        at: When it occurred.
        profile_id: Whose it is.
        historical: It was imported: the past, which no run waits for.
        properties: As they are stored.
    """

    name: str
    at: datetime
    profile_id: UUID
    historical: bool = False
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moment:
    """When an event is routed, and what the deployment allows.

    Args:
        now: The instant, for re-entry too.
        latest_trigger: How long after it occurred an event still starts a run; None for however long.
        most_runs: How many runs of one profile may be active at once, over all journeys; None for any number.
        holdout: Whom no marketing reaches.
    """

    now: datetime
    latest_trigger: timedelta | None = None
    most_runs: int | None = None
    holdout: GlobalHoldout = NOBODY

    def is_too_late(self, event: Occurred) -> bool:
        """Whether the event is older than a trigger may be."""
        return self.latest_trigger is not None and self.now - event.at > self.latest_trigger


@dataclass(frozen=True, slots=True)
class NewRun:
    """The event starts a run.

    Args:
        journey: Of which.
        held_out: By which holdout. That is a run too: on record, ended at once, and never reached.
        draws: Made for it, to be kept.
        replaces: The active run that ends with it.
    """

    journey: str
    held_out: Reason | None = None
    draws: tuple[Draw, ...] = ()
    replaces: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """The event goes to an active run; ``reason`` says so where it would have started one."""

    journey: str
    run_id: UUID
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """The event would have started or reached a run, and does not; ``note`` says more than the reason does."""

    journey: str
    reason: Reason
    note: str | None = None


Route: TypeAlias = NewRun | Reach | Refusal

_NOTHING = History()
_NOBODY = Person()


def route(
    registry: Registry,
    event: Occurred,
    histories: Mapping[str, History],
    moment: Moment,
    person: Person = _NOBODY,
) -> Iterator[Route]:
    """Says what an event does, journey for journey, in the order of their names.

    Args:
        registry: The journeys of this deployment.
        event: The event.
        histories: By journey, under the key that the event carries for it; a journey that is missing has none.
        moment: When it is routed.
        person: What is on record of the profile over all journeys.
    """
    starting = registry.started_by(event.name)
    for journey in registry.awaiting(event.name):  # a trigger is awaited too
        enrolling = _Enrolling(journey, registry[journey], event, histories.get(journey, _NOTHING), moment, person)
        if reached := enrolling.reached():
            yield from enrolling.meet(reached, triggered=journey in starting)
        elif journey in starting:
            yield enrolling.refusal() or enrolling.start()


@dataclass(frozen=True, slots=True)
class _Enrolling:
    """One event before one journey."""

    journey: str
    definition: JourneyDefinition
    event: Occurred
    history: History
    moment: Moment
    person: Person

    def reached(self) -> tuple[UUID, ...]:
        """The active runs that the event is for. Without the journey's key it is for all of the profile's."""
        if self.definition.key is not None and self._key is None:
            return self.history.active
        latest = self.history.latest
        return (latest.id,) if latest is not None and latest.ended_at is None else ()

    def meet(self, runs: tuple[UUID, ...], *, triggered: bool) -> Iterator[Route]:
        """The event goes to them, late or not, unless it is the past that was imported; a trigger as the rule says."""
        if self.event.historical and self.moment.is_too_late(self.event):
            yield Refusal(self.journey, Reason.EVENT_TOO_LATE)
            return
        enrolled = triggered and self._unmet() is None
        if enrolled and self.definition.while_active == "restart":
            (run_id,) = runs  # with a key, a trigger has one, and reaches that run alone
            yield self._refused_restart() or replace(self.start(), replaces=run_id)
            return
        if enrolled and self.definition.while_active == "ignore":
            yield Refusal(self.journey, Reason.ALREADY_ENROLLED)
            return
        for run_id in runs:
            yield Reach(self.journey, run_id, Reason.ALREADY_ENROLLED if enrolled else None)

    def _refused_restart(self) -> Refusal | None:
        """Why the run goes on as it is. Its place is not counted twice, and re-entry is about runs that have ended."""
        if self.moment.is_too_late(self.event):
            return self._refused(Reason.EVENT_TOO_LATE)
        if self._has_met_goal():
            return self._refused(Reason.GOAL_MET)
        if self.history.outside is not None:
            return self._refused(Reason.EVENT_CONDITION_UNMET, self.history.outside)
        return None

    def _has_met_goal(self) -> bool:
        return self.history.goal_at is not None and self.history.goal_at >= self.event.at

    def refusal(self) -> Refusal | None:
        """Why the event starts no run, or None."""
        history, definition = self.history, self.definition
        unmet = self._unmet()
        if unmet is not None:
            return self._refused(Reason.EVENT_CONDITION_UNMET, unmet)
        if self.moment.is_too_late(self.event):
            return self._refused(Reason.EVENT_TOO_LATE)
        if history.latest is not None and not _may_enter_again(definition, history.latest, self.moment.now):
            return self._refused(Reason.REENTRY_BLOCKED)
        # Before the holdout: whoever has reached the goal already must be missing from both sides of the comparison,
        # and so must whoever could not enter.
        if self._has_met_goal():
            return self._refused(Reason.GOAL_MET)
        too_many = self._too_many()
        if too_many is not None:
            return self._refused(Reason.ALREADY_ENROLLED, too_many)
        if history.outside is not None:
            return self._refused(Reason.EVENT_CONDITION_UNMET, history.outside)
        return None

    def start(self) -> NewRun:
        """The run that begins, with what was drawn for it."""
        held_out, draws = draw(
            self.journey,
            self.definition,
            self.event.profile_id,
            self.moment.holdout,
            everywhere=self.person.drawn,
            here=self.history.drawn,
        )
        return NewRun(self.journey, held_out, draws)

    @property
    def _key(self) -> str | None:
        return key_value(self.event.properties, self.definition.key)

    def _unmet(self) -> str | None:
        """What the trigger asks of the event, and is not so."""
        wanted = [each.words for each in self.definition.trigger.where if not each.holds(self.event.properties)]
        if self.definition.key is not None and self._key is None:
            wanted.append(f"{self.definition.key} is set, which is the journey's key")
        return f"not so: {' and '.join(wanted)}" if wanted else None

    def _too_many(self) -> str | None:
        """Which limit on runs at once is reached. What people are owed is limited by the journey alone."""
        active, most = len(self.history.active), self.definition.at_most_at_once
        if most is not None and active >= most:
            return f"{active} of the journey's runs are active, at most {most} at once"
        active, most = self.person.active_runs, self.moment.most_runs
        if most is not None and active >= most and not self.definition.transactional:
            return f"{active} runs of all journeys are active, at most {most} at once"
        return None

    def _refused(self, reason: Reason, note: str | None = None) -> Refusal:
        return Refusal(self.journey, reason, note)


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
