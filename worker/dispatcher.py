"""Takes events from Postgres to their runs: in order for each profile, none lost while Temporal is away."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import NoReturn, TypeGuard

import structlog
from opentelemetry.trace import SpanKind, Tracer
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from fermata.database import AWAY, Connection, Pool
from fermata.enrolment import name_run
from fermata.errors import NotFound, Unavailable
from fermata.ingest import CHANNEL, ClaimedDispatch, DispatchKind, claim, settle
from fermata.ingest.dead_letters import MOST_FAILURES, Dead, bury
from fermata.ingest.dead_reasons import reason_of
from fermata.journeys import Entry, JourneyEvent
from fermata.ledger import close_run
from fermata.pseudonym import pseudonym
from fermata.trace_context import NO_TRACER, part_of
from worker.meters import DispatchMeters
from workflows.start import start_run

_SIGNALS: Mapping[DispatchKind, str] = {
    "signal": "event",
    "reconsider": "reconsider",
    "merged": "merged",
    "over": "over",
    "parent_held": "parent_held",
    "child_ended": "child_ended",
}
_TOLD_AFTER_THE_END: frozenset[DispatchKind] = frozenset({"merged", "over"})
"""What ends a run in the ledger first, and is then told to it."""

_REFUSED = frozenset(
    {
        RPCStatusCode.INVALID_ARGUMENT,
        RPCStatusCode.FAILED_PRECONDITION,
        RPCStatusCode.OUT_OF_RANGE,
        RPCStatusCode.DATA_LOSS,
    }
)
"""What Temporal says of a call that it will not take however often it is made. All else may pass."""

_FOR_NOW: tuple[type[Exception], ...] = (RuntimeError, Unavailable, *AWAY)
"""RuntimeError is how Temporal's client says that it has no connection."""

_log = structlog.get_logger("fermata.dispatcher")

_BATCH = 50
_CALL = timedelta(seconds=5)
_LOOK_AGAIN = timedelta(seconds=1)  # for what was put off, and for a notification that got lost
_LONGEST_DELAY = timedelta(seconds=30)


@dataclass(frozen=True)
class _Delivered:
    """A dispatch that has reached its run, or never will."""

    dispatch: ClaimedDispatch
    result: str
    temporal_run_id: str | None = None


@dataclass(frozen=True)
class _Postponed:
    """A dispatch that Temporal could not take now."""

    dispatch: ClaimedDispatch
    why: str
    failed: bool = False
    """For a reason of its own: so often, and it is a dead letter."""


class Dispatcher:
    """Claims dispatches and delivers them, until it is cancelled. Several may run side by side.

    Args:
        pool: Connections to the database.
        client: Of Temporal.
        pace: Seconds of a journey's own waits in one real second.
        queue: The task queue that runs are started on.
        meters: What counts; ones that nobody reads where it is None.
        tracer: What records how words reach their runs.
    """

    def __init__(
        self,
        pool: Pool,
        client: Client,
        *,
        pace: float = 1.0,
        queue: str = "journeys",
        meters: DispatchMeters | None = None,
        tracer: Tracer = NO_TRACER,
    ) -> None:
        self._tracer = tracer
        self._pool = pool
        self._meters = meters or DispatchMeters()
        self._client = client
        self._pace = pace
        self._queue = queue
        self._turned_at: datetime | None = None
        self._went_well_at: dict[DispatchKind, datetime] = {}

    @property
    def turned_at(self) -> datetime | None:
        """When ``run`` last looked for what is due and dealt with it; None before the first time."""
        return self._turned_at

    async def run(self) -> NoReturn:
        """Delivers for ever. Wakes when the door says that something was stored; outlives any outage."""
        while True:
            try:
                async with self._listening() as (listener, woken):
                    while not listener.is_closed():
                        woken.clear()
                        found = await self.deliver_due(datetime.now(UTC))
                        self._turned_at = datetime.now(UTC)
                        if found == 0:
                            await _wait(woken)
            except AWAY as error:
                _log.warning("postgres is away; trying again", error=str(error))
                await asyncio.sleep(_LOOK_AGAIN.total_seconds())

    async def deliver_due(self, now: datetime) -> int:
        """Delivers one batch of what is due, in one transaction that holds it meanwhile.

        A crash in the middle gives it back to be delivered again; runs know an event that they have had.

        Args:
            now: The instant, aware.

        Returns:
            How many were claimed.
        """
        async with self._pool.acquire() as connection:
            async with connection.transaction():
                claimed = await claim(connection, limit=_BATCH, now=now)
                if not claimed:
                    return 0
                tried = await asyncio.gather(*(self._deliver(dispatch) for dispatch in claimed))
                results = self._blamed(tried, now)
                await self._settle(connection, results, now)
            self._count(results)
            await _close_gone(connection, results, now)
        return len(claimed)

    async def _deliver(self, dispatch: ClaimedDispatch) -> _Delivered | _Postponed:
        with part_of(dispatch.traceparent, self._tracer, f"dispatch {dispatch.kind}", SpanKind.CONSUMER):
            delivered = await self._hand_over(dispatch)
            _tell(delivered)
            return delivered

    async def _hand_over(self, dispatch: ClaimedDispatch) -> _Delivered | _Postponed:
        if dispatch.run_ended and dispatch.kind not in _TOLD_AFTER_THE_END:
            return _Delivered(dispatch, "run_ended")
        if dispatch.start_is_dead:
            return _Delivered(dispatch, "held")
        if dispatch.flaw is not None:
            return _Postponed(dispatch, dispatch.flaw, failed=True)
        try:
            if dispatch.kind == "start" and isinstance(dispatch.word, JourneyEvent):
                return await self._start(dispatch, dispatch.word)
            return await self._signal(dispatch)
        except RPCError as error:
            if dispatch.kind != "start" and error.status is RPCStatusCode.NOT_FOUND:
                return _Delivered(dispatch, "run_gone")
            if error.status in _REFUSED:
                return _Postponed(dispatch, f"Temporal refuses it: {error.status.name}", failed=True)
            return _Postponed(dispatch, f"{error.status.name}: {error.message}")
        except _FOR_NOW as error:
            return _Postponed(dispatch, str(error))
        except Exception as error:  # whatever is wrong with one, the others of its batch go on
            return _Postponed(dispatch, reason_of(error), failed=True)

    def _blamed(self, tried: list[_Delivered | _Postponed], now: datetime) -> list[_Delivered | _Postponed]:
        """A refusal counts against a dispatch only where others of its kind went well since it was tried last.

        Else it may lie with the deployment: a search attribute that is missing makes Temporal refuse every start.
        """
        for each in tried:
            if isinstance(each, _Delivered) and each.result in ("started", "signalled"):
                self._went_well_at[each.dispatch.kind] = now
        return [
            replace(each, failed=False)
            if isinstance(each, _Postponed)
            and each.dispatch.flaw is None
            and not self._others_go_well(each.dispatch, now)
            else each
            for each in tried
        ]

    def _others_go_well(self, dispatch: ClaimedDispatch, now: datetime) -> bool:
        last = now - (_delay(dispatch.attempts - 1) if dispatch.attempts else timedelta(0)) - 2 * _LOOK_AGAIN
        well = self._went_well_at.get(dispatch.kind)
        return well is not None and well >= last

    async def _start(self, dispatch: ClaimedDispatch, trigger: JourneyEvent) -> _Delivered:
        entry = Entry(
            run_id=dispatch.run_id,
            journey=dispatch.journey,
            profile_id=dispatch.profile_id,
            trigger=trigger,
            pace=self._pace,
        )
        handle = await start_run(self._client, entry, workflow_id=dispatch.workflow_id, queue=self._queue, within=_CALL)
        return _Delivered(dispatch, "started", handle.first_execution_run_id or handle.result_run_id)

    async def _signal(self, dispatch: ClaimedDispatch) -> _Delivered:
        handle = self._client.get_workflow_handle(dispatch.workflow_id)
        told = () if dispatch.word is None else (dispatch.word,)
        await handle.signal(_SIGNALS[dispatch.kind], args=told, rpc_timeout=_CALL)
        return _Delivered(dispatch, "signalled")

    async def _settle(self, connection: Connection, results: list[_Delivered | _Postponed], now: datetime) -> None:
        delivered: list[tuple[int, str]] = []
        postponed: list[tuple[int, datetime]] = []
        dead: list[Dead] = []
        for result in results:
            if isinstance(result, _Delivered) and not await self._reached_another(connection, result):
                delivered.append((result.dispatch.id, result.result))
            elif _is_dead(result):
                delivered.append((result.dispatch.id, "dead"))
                dead.append(Dead(result.dispatch.id, result.why, result.dispatch.failures + 1))
            else:
                postponed.append((result.dispatch.id, now + _delay(result.dispatch.attempts)))
        if postponed:
            why = next(
                (each.why for each in results if isinstance(each, _Postponed)), "an earlier run is still closing"
            )
            _log.warning("dispatches put off", count=len(postponed), why=why)
        failed = [each.dispatch.id for each in results if isinstance(each, _Postponed) and each.failed]
        await settle(connection, delivered, postponed, now, failed=failed)
        if dead:
            _log.error("dispatches given up: they are dead letters", count=len(dead), why=dead[0].reason)
            await bury(connection, dead, now)

    def _count(self, results: list[_Delivered | _Postponed]) -> None:
        at = datetime.now(UTC)
        for each in results:
            if isinstance(each, _Postponed):
                self._meters.settled(each.dispatch.kind, "dead" if _is_dead(each) else "postponed")
                continue
            self._meters.settled(each.dispatch.kind, each.result)
            self._meters.arrived(at - each.dispatch.left_at)
            if each.result == "started":
                self._meters.started(each.dispatch.journey)

    async def _reached_another(self, connection: Connection, result: _Delivered) -> bool:
        """The start went, as a signal, to the enrolment before this one, which had not quite ended: start again."""
        if result.temporal_run_id is None:
            return False
        return not await name_run(connection, result.dispatch.run_id, result.temporal_run_id)

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[tuple[Connection, asyncio.Event]]:
        woken = asyncio.Event()

        def wake(*_: object) -> None:
            woken.set()

        async with self._pool.acquire() as connection:
            connection.add_termination_listener(wake)
            await connection.add_listener(CHANNEL, wake)
            try:
                yield connection, woken
            finally:
                connection.remove_termination_listener(wake)
                if not connection.is_closed():
                    await connection.remove_listener(CHANNEL, wake)


def _is_dead(result: _Delivered | _Postponed) -> TypeGuard[_Postponed]:
    return isinstance(result, _Postponed) and result.failed and result.dispatch.failures + 1 >= MOST_FAILURES


def _tell(result: _Delivered | _Postponed) -> None:
    dispatch = result.dispatch
    _log.info(
        "told a run",
        kind=dispatch.kind,
        result=result.result if isinstance(result, _Delivered) else "postponed",
        event_id=str(dispatch.word.id) if isinstance(dispatch.word, JourneyEvent) else None,
        run_id=str(dispatch.run_id),
        journey=dispatch.journey,
        profile=pseudonym(dispatch.profile_id),
    )


async def _close_gone(connection: Connection, results: list[_Delivered | _Postponed], now: datetime) -> None:
    """Closes runs that ended in Temporal behind the ledger's back, by an operator's terminate for example.

    Not in the claiming transaction: it takes the profile's row, which a merge may hold that waits for a row of ours.
    """
    for result in results:
        if isinstance(result, _Delivered) and result.result == "run_gone":
            with suppress(NotFound):  # erased meanwhile, run and person
                await close_run(connection, result.dispatch.run_id, "terminated", "not in Temporal any more", now)


async def _wait(woken: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(woken.wait(), timeout=_LOOK_AGAIN.total_seconds())
    except TimeoutError:
        return


def _delay(attempts: int) -> timedelta:
    return min(timedelta(seconds=2 ** min(attempts, 6)), _LONGEST_DELAY)
