"""What is on record of people in journeys while one request is routed: each event sees what those before it started."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from fermata.journeys import EVERYWHERE


@dataclass(frozen=True, slots=True)
class LatestRun:
    """The latest run of a profile in a journey, under one key.

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
        latest: Its latest run under the event's key, or None where it never was in the journey so.
        goal_at: When the latest goal event of the profile, of that key or of none, occurred; or None.
        active: Its active runs, whatever their keys; only of a journey with a key.
        drawn: Whether it was held out of the journey when that was drawn; None where it was not.
        outside: Why it is not in the entry segment, in words; None where it is, or nobody asked.
    """

    latest: LatestRun | None = None
    goal_at: datetime | None = None
    active: tuple[UUID, ...] = ()
    drawn: bool | None = None
    outside: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """What is on record of one profile over all journeys.

    Args:
        active_runs: How many are active; 0 where nothing limits them.
        drawn: Whether it was held out of everything when that was drawn; None where it was not.
    """

    active_runs: int = 0
    drawn: bool | None = None


Place: TypeAlias = tuple[UUID, str, str]
"""A profile, a journey and a run's key."""

_NOBODY = Person()
_NOTHING = History()


class Standing:
    """Histories, to be read by profile, journey and key, and kept up to date as runs begin."""

    def __init__(self) -> None:
        self._latest: dict[Place, LatestRun] = {}
        self._goals: dict[Place, datetime] = {}
        self._active: dict[tuple[UUID, str], tuple[UUID, ...]] = {}
        self._drawn: dict[tuple[UUID, str], bool] = {}
        self._outside: dict[tuple[UUID, str], str] = {}
        self._people: dict[UUID, Person] = {}

    def copy(self) -> "Standing":
        """Another one of the same, to be changed by itself."""
        other = copy(self)
        for name, value in vars(self).items():
            setattr(other, name, dict(value))
        return other

    def add(self, place: Place, history: History, person: Person = _NOBODY) -> None:
        """Takes in what was read."""
        profile_id, journey, _ = place
        if history.latest is not None:
            self._latest[place] = history.latest
        if history.goal_at is not None:
            self._goals[place] = history.goal_at
        if history.drawn is not None:
            self._drawn[profile_id, journey] = history.drawn
        if person.drawn is not None:
            self._drawn[profile_id, EVERYWHERE] = person.drawn
        if history.active:
            self._active[profile_id, journey] = history.active
        if person != _NOBODY:
            self._people[profile_id] = person

    def history(self, profile_id: UUID, journey: str, key: str = "") -> History:
        """What is on record now of the profile in the journey, under a key."""
        place, pair = (profile_id, journey, key), (profile_id, journey)
        return History(
            self._latest.get(place),
            self._goals.get(place),
            self._active.get(pair, ()),
            self._drawn.get(pair),
            self._outside.get(pair),
        )

    def person(self, profile_id: UUID) -> Person:
        """What is on record now of the profile over all journeys."""
        person = self._people.get(profile_id, _NOBODY)
        return replace(person, drawn=self._drawn.get((profile_id, EVERYWHERE)))

    def begin(self, place: Place, run: LatestRun) -> None:
        """A run begins; one that is ended at once is a holdout's."""
        profile_id, journey, _ = place
        self._latest[place] = run
        if run.ended_at is None:
            self._active[profile_id, journey] = (*self._active.get((profile_id, journey), ()), run.id)
            person = self._people.get(profile_id, _NOBODY)
            self._people[profile_id] = replace(person, active_runs=person.active_runs + 1)

    def end(self, profile_id: UUID, journey: str, run_id: UUID) -> None:
        """An active run ends, to make room for another of the same key."""
        active = self._active.get((profile_id, journey), ())
        self._active[profile_id, journey] = tuple(each for each in active if each != run_id)
        person = self._people.get(profile_id, _NOBODY)
        self._people[profile_id] = replace(person, active_runs=max(person.active_runs - 1, 0))

    def reach_goal(self, place: Place, at: datetime) -> None:
        """A goal that is not in the database yet. The latest one counts."""
        before = self._goals.get(place)
        self._goals[place] = at if before is None else max(before, at)

    def draw(self, profile_id: UUID, scope: str, held_out: bool) -> None:
        """A draw that is made now."""
        self._drawn[profile_id, scope] = held_out

    def keep_out(self, journey: str, people: Iterable[tuple[UUID, str]]) -> None:
        """Profiles that are not in the journey's entry segment, each with the reason in words."""
        for profile_id, why in people:
            self._outside[profile_id, journey] = why
