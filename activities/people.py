"""The activities by which a run asks about its person, and tells something of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict
from temporalio import activity

from activities.children import ChildHeld, ChildWanted, hold_child, start_child
from fermata.analytics.next_best_action import ActionAsked, choose_for
from fermata.clock import Clock
from fermata.database import Pool
from fermata.enrolment import expose
from fermata.ingest import Ingest
from fermata.ingest.own_event import own_event
from fermata.journeys import ChildStart, Chosen, PersonFacts
from fermata.policy import ProfileFacts
from fermata.policy.candidate_zones import candidate_zones
from fermata.policy.local_time import next_local
from fermata.policy.region import region_of
from fermata.profiles import Profile
from fermata.profiles.by_id import find, strongest_name
from fermata.segments import Segment, matches


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    profile_id: UUID
    asked_at: AwareDatetime


class LocalTimeAsked(_Asked):
    """When the person's clock shows a time next.

    Args:
        time: On the wall.
        weekday: 0 for Monday; None for any day.
    """

    time: time
    weekday: int | None = None


class LocalInstant(BaseModel):
    """The instant, and how the person's clock shows it: ``Thu 09:00 Europe/Paris``."""

    at: AwareDatetime
    shown: str


class FactsAsked(_Asked):
    """What is known of the person.

    Args:
        traits: Names of those that the run wants to know.
    """

    traits: tuple[str, ...] = ()


class SegmentAsked(_Asked):
    """Whether the person is in a segment."""

    segment: Segment


class VariantAsked(_Asked):
    """Which variant of an experiment the person is shown."""

    run_id: UUID
    experiment: str
    weights: dict[str, float]


class Telling(_Asked):
    """Something that the run tells of its person, as an event or as traits.

    Args:
        message_id: The same one again is the same word.
        event: The event's name; None where only traits are told.
        properties: The event's, or the traits.
    """

    message_id: str
    event: str | None
    properties: dict[str, Any]


class People:
    """Asks and tells, with what the worker opened for it.

    Args:
        pool: Connections to the database.
        ingest: Where events go.
        clock: Where "now" comes from.
    """

    def __init__(self, pool: Pool, ingest: Ingest, clock: Clock) -> None:
        self._pool = pool
        self._ingest = ingest
        self._clock = clock

    @property
    def activities(self) -> Sequence[Callable[..., Any]]:
        """All of them, for a worker."""
        return (
            self.local_instant,
            self.facts,
            self.is_in,
            self.variant,
            self.tell,
            self.start_child,
            self.hold_child,
            self.next_best_action,
        )

    @activity.defn
    async def local_instant(self, asked: LocalTimeAsked) -> LocalInstant:
        """The next instant at which it is that time for the person; of several zones that may be theirs, in each."""
        profile = await find(self._pool, asked.profile_id)
        after = self._clock.now(asked.asked_at).astimezone(UTC)
        zones = _zones(profile, after.year)
        at = next_local(after, asked.time, zones, asked.weekday)
        return LocalInstant(at=at, shown=f"{at.astimezone(ZoneInfo(zones[0])):%a %H:%M} {zones[0]}")

    @activity.defn
    async def facts(self, asked: FactsAsked) -> PersonFacts:
        """What the run wants to know, and nothing more: it lies in the run's history."""
        profile = await find(self._pool, asked.profile_id)
        return PersonFacts(
            time_zone=profile.time_zone or profile.device_time_zone,
            country=profile.country or profile.device_country,
            subdivision=profile.subdivision,
            locale=profile.locale,
            traits=_scalars({name: profile.traits.get(name) for name in asked.traits}),
        )

    @activity.defn
    async def is_in(self, asked: SegmentAsked) -> bool:
        """Whether the person is in the segment now."""
        profile = await find(self._pool, asked.profile_id)
        return await matches(self._pool, asked.segment, profile.id, self._clock.now(asked.asked_at))

    @activity.defn
    async def variant(self, asked: VariantAsked) -> str:
        """Which variant the person is shown; written down as shown."""
        now = self._clock.now(asked.asked_at)
        return await expose(self._pool, asked.run_id, asked.profile_id, asked.experiment, asked.weights, now)

    @activity.defn
    async def tell(self, telling: Telling) -> None:
        """Stores an event of the person's, or traits, by the door of all others. Told again, it changes nothing."""
        profile = await find(self._pool, telling.profile_id)
        async with self._pool.acquire() as connection:
            name = await strongest_name(connection, profile.id)
        if name is None:
            return  # nobody could find them again
        now = self._clock.now(telling.asked_at)
        event = own_event(
            telling.event or "Identified", name, telling.properties, message_id=telling.message_id, at=now
        )
        if telling.event is None:
            event = replace(event, kind="identify", properties={}, other_traits=telling.properties)
        await self._ingest.process([event], now)

    @activity.defn
    async def start_child(self, wanted: ChildWanted) -> ChildStart:
        """Begins another journey for the person, by the rules of enrolment."""
        return await start_child(self._pool, self._ingest, wanted, self._clock.now(wanted.asked_at))

    @activity.defn
    async def hold_child(self, held: ChildHeld) -> None:
        """Tells a child that its parent is paused, or goes on."""
        await hold_child(self._pool, held, self._clock.now(held.asked_at))

    @activity.defn
    async def next_best_action(self, asked: ActionAsked) -> Chosen:
        """What comes next for the person, of several actions; written down with the reason."""
        profile = await find(self._pool, asked.profile_id)
        return await choose_for(self._pool, asked, profile.id, self._clock.now(asked.asked_at))


def _zones(profile: Profile, year: int) -> tuple[str, ...]:
    facts = ProfileFacts.model_validate(
        {
            "timezone": profile.time_zone,
            "country": profile.country,
            "subdivision": profile.subdivision,
            "device_timezone": profile.device_time_zone,
            "device_country": profile.device_country,
            "addresses": dict(profile.addresses),
        }
    )
    return candidate_zones(facts, region_of(facts).country, ("Etc/UTC",), year).names


def _scalars(traits: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in traits.items()
        if value is None or isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) <= 200)
    }
