"""The activities of a broadcast: it is opened, its people are chosen, they enter page by page, and it ends."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict
from temporalio import activity

from activities.to_its_end import to_its_end
from fermata.broadcasts import BroadcastState, Change, Declared, Launch
from fermata.broadcasts.choosing import choose_page
from fermata.broadcasts.rate import page_at
from fermata.broadcasts.store import definition_of, enter_phase, open_broadcast, stand
from fermata.broadcasts.waiting import START, Place, due_page, give_up, next_due
from fermata.clock import Clock
from fermata.database import Pool
from fermata.ingest import Ingest
from fermata.ingest.announcing import Announcement, announce
from fermata.journeys import Registry
from fermata.ledger import Policies

_CHOOSING = timedelta(seconds=10)  # after which a pause or a cancellation is heeded


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    broadcast_id: UUID
    asked_at: AwareDatetime


class Opening(_Asked):
    """A broadcast that begins."""

    launch: Launch
    workflow_id: str


class Opened(BaseModel):
    """What its run needs to know of a broadcast.

    Args:
        starts_at: When the segment is looked at.
        page: How many people enter at once.
        page_takes: How long so many take at its rate; zero for as fast as it goes.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    starts_at: AwareDatetime
    page: int
    page_takes: timedelta


class Choosing(_Asked):
    """Whoever is meant is to be written down."""


class Entering(_Asked):
    """The next page of people is to enter.

    Args:
        after_due_at, after: Where the page before ended; None for the first.
        most: How many people.
    """

    after_due_at: AwareDatetime | None = None
    after: UUID | None = None
    most: int

    @property
    def place(self) -> Place:
        """Where the page before ended."""
        return Place(self.after_due_at, self.after) if self.after_due_at and self.after else START


class Entered(BaseModel):
    """A page that has entered.

    Args:
        people: How many were in it.
        last_due_at, last: Where it ended; None where it was empty.
        next_due_at: When somebody is due next; None where nobody waits any more.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    people: int
    last_due_at: AwareDatetime | None = None
    last: UUID | None = None
    next_due_at: AwareDatetime | None = None


class Standing(_Asked):
    """A broadcast stands otherwise from now on."""

    change: Change


class Broadcasts:
    """Carries broadcasts out, with what the worker opened for it.

    Args:
        pool: Connections to the database.
        ingest: Where events go.
        registry: The journeys of this deployment.
        declared: Its broadcasts.
        clock: Where "now" comes from.
    """

    def __init__(self, pool: Pool, ingest: Ingest, registry: Registry, declared: Declared, clock: Clock) -> None:
        self._pool = pool
        self._ingest = ingest
        self._registry = registry
        self._declared = declared
        self._clock = clock
        self._policies = Policies()

    @property
    def activities(self) -> Sequence[Callable[..., Any]]:
        """All of them, for a worker."""
        return (self.open, self.choose, self.enter, self.stand)

    @activity.defn(name="open_broadcast")
    async def open(self, opening: Opening) -> Opened:
        """Writes the broadcast down as it goes out, from what is declared and what was asked for.

        Raises:
            NotFound: No such broadcast, or no such journey, is in this deployment.
            DefinitionError: The journey would not take its event.
        """
        now = self._clock.now(opening.asked_at)
        launch = opening.launch
        broadcast = launch.of(self._declared)
        broadcast.announced(self._registry[broadcast.journey], str(opening.broadcast_id))
        starts_at = launch.begins(broadcast, now)
        first = Change(at=now, state=BroadcastState.SCHEDULED, by=launch.by, why=launch.why)
        await open_broadcast(
            self._pool,
            opening.broadcast_id,
            broadcast,
            workflow_id=opening.workflow_id,
            starts_at=starts_at,
            first=first,
        )
        page = page_at(broadcast.rate)
        takes = broadcast.rate.time_for(page) if broadcast.rate is not None else timedelta(0)
        return Opened(starts_at=starts_at, page=page, page_takes=takes)

    @activity.defn(name="choose_people")
    async def choose(self, choosing: Choosing) -> bool:
        """Goes through the segment for some seconds. Whether there is more."""
        return await to_its_end(self._choose(choosing))

    async def _choose(self, choosing: Choosing) -> bool:
        now = self._clock.now(choosing.asked_at)
        await enter_phase(self._pool, choosing.broadcast_id, BroadcastState.CHOOSING)
        async with self._pool.acquire() as connection:
            policy = (await self._policies.active(connection)).policy
        until = time.monotonic() + _CHOOSING.total_seconds()
        more = True
        while more and time.monotonic() < until:
            more = await choose_page(self._pool, choosing.broadcast_id, policy.unknown_time_zone.fallback, now)
        if not more:
            await enter_phase(self._pool, choosing.broadcast_id, BroadcastState.ENTERING)
        return more

    @activity.defn(name="enter_people")
    async def enter(self, entering: Entering) -> Entered:
        """Lets the next page of those who are due enter, each once, whatever happens to this process meanwhile."""
        return await to_its_end(self._enter(entering))

    async def _enter(self, entering: Entering) -> Entered:
        now, place = self._clock.now(entering.asked_at), entering.place
        page = await due_page(self._pool, entering.broadcast_id, place, now, entering.most)
        if page:
            place = page[-1]
            announcement = await self._announcement(entering.broadcast_id)
            people = [each.profile_id for each in page]
            await announce(self._pool, self._ingest, announcement, people, _not_before(now))
        full = len(page) == entering.most
        return Entered(
            people=len(page),
            last_due_at=place.due_at if page else entering.after_due_at,
            last=place.profile_id if page else entering.after,
            next_due_at=now if full else await next_due(self._pool, entering.broadcast_id, place),
        )

    @activity.defn(name="change_broadcast")
    async def stand(self, standing: Standing) -> None:
        """Writes down how the broadcast stands from now on; where it is over, nobody waits for it any more."""
        over = standing.change.state.is_over
        if over:
            await self._give_up(standing.broadcast_id)
        await stand(self._pool, standing.broadcast_id, standing.change)
        if over:  # whoever was put on the list meanwhile, by a try that was thought dead; from now on nobody is
            await self._give_up(standing.broadcast_id)

    async def _give_up(self, broadcast_id: UUID) -> None:
        while await give_up(self._pool, broadcast_id):
            activity.heartbeat()

    async def _announcement(self, broadcast_id: UUID) -> Announcement:
        broadcast = await definition_of(self._pool, broadcast_id)
        definition = self._registry[broadcast.journey]
        properties = broadcast.announced(definition, str(broadcast_id))
        return Announcement(broadcast_id, broadcast, definition.trigger.event, properties)


def _not_before(at: datetime) -> datetime:
    """When events come in: under skipped time a run may be ahead of our clock."""
    return max(at, datetime.now(UTC))
