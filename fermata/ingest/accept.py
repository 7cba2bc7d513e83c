"""One transaction for each request: events, identities, facts, enrolment and dispatches are all there, or none is."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

import asyncpg
import orjson

from fermata.audiences.declared import PURCHASE
from fermata.database import Connection, Pool, Queries, new_id
from fermata.enrolment import Moment, Standing, enrol, histories
from fermata.errors import Unavailable
from fermata.events import IncomingEvent, Mark, Rejection
from fermata.events.verbs import Verbs
from fermata.ingest.consents import hear, keep
from fermata.ingest.dead_reasons import is_poison
from fermata.ingest.devices import keep_devices
from fermata.ingest.enriching import enrichment_of, with_catalogue
from fermata.ingest.entering import admit
from fermata.ingest.leaving import follow_changes, leave_audiences
from fermata.ingest.merging import merge_all
from fermata.ingest.noted import note
from fermata.ingest.outgoing import NewDispatch, dispatch
from fermata.ingest.plan import OwnedEvent, Plan, interests, plan
from fermata.ingest.setting_aside import set_aside
from fermata.ingest.turns import Turns
from fermata.ingest.wakes import wakes
from fermata.journeys import NOBODY, GlobalHoldout, Registry
from fermata.ledger import reconsider_waiting
from fermata.profiles import (
    Known,
    Overtaken,
    Profile,
    Resolution,
    apply,
    identities_of,
    known_by,
    record,
    resolve,
    save,
)
from fermata.trace_context import traceparent

LATEST_TRIGGER = timedelta(hours=24)
"""An event that comes in later than this after it occurred starts no run: by then people have moved on."""

_QUERIES = Queries("fermata.ingest")
_FEW = 50
"""Of so many events hardly any is stored already: they are first tried without looking."""

_MOST_ATTEMPTS = 10

_TRY_AGAIN = (
    Overtaken,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.UniqueViolationError,
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a request's messages.

    Args:
        accepted: Events that are stored now and were not before.
        duplicates: Events that were stored already, or stand in the request twice: without any effect.
        rejected: Payloads that were refused and kept aside.
        stored: Message ids of those that are stored now and were not before.
        told: What goes to runs because of them.
        set_aside: Message ids of those that cannot be processed, and are dead letters now.
    """

    accepted: int
    duplicates: int
    rejected: int
    stored: frozenset[str] = field(default=frozenset(), compare=False)
    told: tuple[NewDispatch, ...] = field(default=(), compare=False)
    set_aside: frozenset[str] = frozenset()


Alongside: TypeAlias = Callable[[Connection, Receipt], Awaitable[None]]
"""Something to be written in the transaction of the events, that holds exactly then when they do."""


class Ingest:
    """The way into the database for events.

    Args:
        pool: Where to.
        registry: The journeys that events may start or reach.
        latest_trigger: How long after it occurred an event still starts a run; None for however long.
        most_runs: How many runs of one profile may be active at once, over all journeys; None for any number.
        holdout: Whom no marketing reaches.
        verbs: The standard events, which the catalogue enriches; those that ship where it is None.
        leave_on: The events that end somebody's membership in an audience of an ad platform.
    """

    def __init__(
        self,
        pool: Pool,
        registry: Registry,
        *,
        latest_trigger: timedelta | None = LATEST_TRIGGER,
        most_runs: int | None = None,
        holdout: GlobalHoldout = NOBODY,
        verbs: Verbs | None = None,
        leave_on: Collection[str] = frozenset({PURCHASE}),
    ) -> None:
        self._turns = Turns(pool)
        self._registry = registry
        self._latest_trigger = latest_trigger
        self._most_runs = most_runs
        self._holdout = holdout
        self._verbs = verbs
        self._leave_on = leave_on

    async def accept(
        self,
        events: Sequence[IncomingEvent],
        rejections: Sequence[Rejection],
        now: datetime,
        *,
        alongside: Alongside | None = None,
    ) -> Receipt:
        """Stores events, with everything that follows from them, and rejections, in one transaction.

        Returns after the commit. The same events again change nothing. Where one of them cannot be processed, it alone
        is set aside, and each of the others has a transaction of its own.

        Args:
            events: Of one request.
            rejections: Of the same request.
            now: When it came in.
            alongside: Written in the same transaction. It may be called again where the transaction must begin again.
                With it nothing is set aside: the error is the caller's.

        Raises:
            Unavailable: Too many others write about the same people at this moment.
            Overloaded: So many others write that no connection was free for ten seconds.
            OSError, asyncpg.PostgresError: Postgres is away (``fermata.database.AWAY``).
        """
        try:
            return await self.process(events, now, rejections, alongside=alongside)
        except Exception as error:
            if alongside is not None or not events or not is_poison(error):
                raise
        return await self._one_by_one(events, rejections, now)

    async def process(
        self,
        events: Sequence[IncomingEvent],
        now: datetime,
        rejections: Sequence[Rejection] = (),
        *,
        alongside: Alongside | None = None,
    ) -> Receipt:
        """As ``accept``, all or nothing: what one of the events raises is raised.

        For what must have happened when its sender is told so: a withdrawal of consent, say.

        Args:
            events, now, rejections, alongside: As of ``accept``.

        Raises:
            Unavailable, OSError, asyncpg.PostgresError: As of ``accept``.
        """
        async with self._turns.connection() as connection:
            events = _of_their_traces(events)
            look_first = len(events) > _FEW
            for _ in range(_MOST_ATTEMPTS):
                try:
                    async with connection.transaction():
                        receipt = await self._write(connection, events, rejections, now, look_first=look_first)
                        if alongside is not None:
                            await alongside(connection, receipt)
                except _TRY_AGAIN:
                    look_first = True
                else:
                    note(receipt.told)
                    return receipt
        raise Unavailable(
            f"gave way to other writers {_MOST_ATTEMPTS} times; nothing is stored, send the request again"
        )

    async def _one_by_one(
        self, events: Sequence[IncomingEvent], rejections: Sequence[Rejection], now: datetime
    ) -> Receipt:
        receipts = [await self.process((), now, rejections)] if rejections else []
        for event in events:
            try:
                receipts.append(await self.process((event,), now))
            except Exception as error:
                if not is_poison(error):
                    raise
                async with self._turns.connection() as connection:
                    await set_aside(connection, event, error, now)
                receipts.append(Receipt(0, 0, 0, set_aside=frozenset({event.message_id})))
        return _all(receipts)

    async def _write(
        self,
        connection: Connection,
        events: Sequence[IncomingEvent],
        rejections: Sequence[Rejection],
        now: datetime,
        *,
        look_first: bool,
    ) -> Receipt:
        if rejections:
            await _store_rejections(connection, rejections, now)
        fresh: Sequence[IncomingEvent] = ()
        told: Sequence[NewDispatch] = ()
        if events:
            # The order of locks is the same for all: profiles by id, identities by name, events by message id.
            known, profiles = await known_by(connection, [identities_of(event) for event in events])
            stored = await _stored(connection, events) if look_first else frozenset[str]()
            fresh = _fresh(events, stored)
            if fresh:
                fresh = await with_catalogue(connection, fresh, self._verbs)
                told = await self._store(connection, fresh, known, profiles, now)
        return Receipt(
            accepted=len(fresh),
            duplicates=len(events) - len(fresh),
            rejected=len(rejections),
            stored=frozenset(event.message_id for event in fresh),
            told=tuple(told),
        )

    async def _store(
        self,
        connection: Connection,
        events: Sequence[IncomingEvent],
        known: Known,
        stored: dict[UUID, Profile],
        now: datetime,
    ) -> Sequence[NewDispatch]:
        resolution = resolve(events, known, new_id)
        merges = resolution.merges
        profiles = await merge_all(connection, self._registry, merges, events, stored, now) if merges else stored
        owned = _owned(events, resolution)
        touched = {event.profile_id: profiles.get(event.profile_id, Profile(event.profile_id)) for event in owned}
        for event in owned:
            touched[event.profile_id] = apply(touched[event.profile_id], event.incoming)
        heard = hear(owned, touched, profiles, known, resolution, now)
        await save(connection, heard.profiles.values(), now, stored)
        await record(connection, resolution, now)
        survivors = {merge.survivor for merge in merges}
        after = await keep_devices(connection, owned, profiles, await keep(connection, heard, now), survivors)
        woken = wakes(stored, after, merged=survivors)
        if woken:
            await reconsider_waiting(connection, woken.facts_changed, woken.visits_begun, now)
        await follow_changes(connection, stored, after, now, merged=survivors)
        await leave_audiences(connection, owned, self._leave_on, now)
        concerned = interests(self._registry, owned)
        moment = Moment(now, self._latest_trigger, self._most_runs, self._holdout)
        standing = await histories(connection, concerned, moment) if concerned else Standing()
        planned = plan(self._registry, owned, standing, moment)
        await _store_events(connection, owned, planned, now)
        if planned.enrolments:
            planned = await admit(connection, self._registry, owned, standing, moment, planned)
            await enrol(connection, planned.enrolments, now)
        if planned.dispatches:
            await dispatch(connection, planned.dispatches, now)
        return planned.dispatches


def _all(receipts: Sequence[Receipt]) -> Receipt:
    return Receipt(
        accepted=sum(each.accepted for each in receipts),
        duplicates=sum(each.duplicates for each in receipts),
        rejected=sum(each.rejected for each in receipts),
        stored=frozenset().union(*(each.stored for each in receipts)),
        told=tuple(told for each in receipts for told in each.told),
        set_aside=frozenset().union(*(each.set_aside for each in receipts)),
    )


def _of_their_traces(events: Sequence[IncomingEvent]) -> Sequence[IncomingEvent]:
    """Each with the trace that it came in with, or with the one that is under way."""
    here = traceparent()
    if here is None or all(event.traceparent is not None for event in events):
        return events
    return [event if event.traceparent is not None else replace(event, traceparent=here) for event in events]


def _owned(events: Sequence[IncomingEvent], resolution: Resolution) -> list[OwnedEvent]:
    marked = (
        replace(event, marks=event.marks | {Mark.LEFT_APART}) if place in resolution.left_apart else event
        for place, event in enumerate(events)
    )
    return [OwnedEvent(new_id(), owner, event) for event, owner in zip(marked, resolution.owners, strict=True)]


async def _stored(connection: Connection, events: Sequence[IncomingEvent]) -> frozenset[str]:
    """The message ids of those that are stored already."""
    rows = await connection.fetch(_QUERIES["stored"], [event.message_id for event in events])
    return frozenset(row["message_id"] for row in rows)


def _fresh(events: Sequence[IncomingEvent], stored: Collection[str]) -> list[IncomingEvent]:
    """The events that are not stored yet, each once, in the order in which they occurred."""
    fresh: dict[str, IncomingEvent] = {}
    for event in events:
        if event.message_id not in stored:
            fresh.setdefault(event.message_id, event)
    return sorted(fresh.values(), key=lambda event: event.occurred_at)


async def _store_events(connection: Connection, events: Sequence[OwnedEvent], planned: Plan, now: datetime) -> None:
    done = await connection.execute(
        _QUERIES["store_events"],
        [event.id for event in events],
        [event.incoming.message_id for event in events],
        [event.incoming.kind for event in events],
        [event.incoming.name for event in events],
        [event.profile_id for event in events],
        [event.incoming.occurred_at for event in events],
        [event.incoming.properties for event in events],
        [event.incoming.context for event in events],
        planned.routings,
        [_to_json_list(event.incoming.marks) for event in events],
        [event.incoming.original_name for event in events],
        now,
        [enrichment_of(event.incoming) for event in events],
        planned.explanations,
    )
    if done != f"INSERT 0 {len(events)}":
        raise Overtaken


def _to_json_list(marks: Collection[str]) -> str:
    # As text: asyncpg would take a list of lists for an array of two dimensions.
    return orjson.dumps(sorted(marks)).decode() if marks else "[]"


async def _store_rejections(connection: Connection, rejections: Sequence[Rejection], now: datetime) -> None:
    await connection.execute(
        _QUERIES["store_rejections"],
        [new_id() for _ in rejections],
        [rejection.field for rejection in rejections],
        [rejection.message for rejection in rejections],
        [rejection.payload for rejection in rejections],
        [rejection.door for rejection in rejections],
        now,
    )
