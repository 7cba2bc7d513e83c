"""Broadcasts that begin by themselves, as Temporal Schedules: made, listed, held, let go on, taken away."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import BaseModel, ConfigDict
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleDescription,
    ScheduleHandle,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError, RPCStatusCode

from fermata.broadcasts import Declared, Launch, Recurrence
from fermata.errors import InvalidEvent, NotFound, Unavailable
from workflows.broadcast import BroadcastEntry, BroadcastRun
from workflows.temporal_at_need import TemporalAtNeed

_Answer = TypeVar("_Answer")
_PREFIX = "broadcast/"
_PATIENCE = timedelta(seconds=10)
_CATCH_UP = timedelta(hours=1)
"""A beginning that was missed while Temporal was away is made up for within so long, and then left out."""


class ScheduleShown(BaseModel):
    """A broadcast that begins by itself."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    name: str
    """The broadcast's."""
    recurs: str
    """When, in words; as it is declared, or was said when it was made."""
    paused: bool
    """Whether it is held."""
    note: str
    """Who held it, or let it go on, and why."""
    next_at: datetime | None
    """When it begins next; null while it is held."""
    last_at: datetime | None
    """When it began last; null before the first time."""


class BroadcastSchedules:
    """The schedules of a deployment. It may be made while Temporal is away.

    Args:
        declared: The broadcasts.
        connect: Makes the client of Temporal; called when it is first needed.
        queue: The task queue that broadcasts are started on.
    """

    def __init__(
        self, declared: Declared, connect: Callable[[], Awaitable[Client]], *, queue: str = "journeys"
    ) -> None:
        self._declared = declared
        self._temporal = TemporalAtNeed(connect)
        self._queue = queue

    async def set_up(self) -> tuple[str, ...]:
        """Makes the schedules of all broadcasts that recur and have none yet, held until somebody lets them go.

        Returns:
            The names of those that were made.

        Raises:
            Unavailable: Temporal does not answer.
            InvalidEvent: Temporal does not understand when one of them recurs.
        """
        made: list[str] = []
        for name, broadcast in self._declared.items():
            if broadcast.recurs is not None:
                held = f"made when a worker started; `fermata schedule resume {name}` lets it go"
                launch = Launch(name=name, by="its schedule")
                if await self._create(launch, broadcast.recurs, paused=True, note=held):
                    made.append(name)
        return tuple(made)

    async def put(self, launch: Launch, recurs: Recurrence | None) -> ScheduleShown:
        """Makes the schedule of a broadcast, or changes it where there is one; held ones stay held.

        Args:
            launch: What is started each time.
            recurs: When; None as it is declared.

        Raises:
            NotFound: No such broadcast is declared.
            InvalidEvent: Nothing says when it recurs, or Temporal does not understand it.
            Unavailable: Temporal does not answer.
        """
        broadcast = launch.of(self._declared)
        when = recurs or broadcast.recurs
        if when is None:
            raise InvalidEvent(f"broadcast {launch.name!r} does not say when it recurs; say --every or --cron")
        if not await self._create(launch, when, paused=False, note=f"made by {launch.by}"):
            made = self._schedule(launch, when, ScheduleState())

            def changed(found: ScheduleUpdateInput) -> ScheduleUpdate:
                made.state = found.description.schedule.state
                return ScheduleUpdate(made)

            await _told(self._handle(launch.name), lambda handle: handle.update(changed, rpc_timeout=_PATIENCE))
        return await self.show(launch.name)

    async def show(self, name: str) -> ScheduleShown:
        """Shows one.

        Raises:
            NotFound: There is none of that name.
            Unavailable: Temporal does not answer.
        """
        described = await _told(self._handle(name), lambda handle: handle.describe(rpc_timeout=_PATIENCE))
        return _shown(described)

    async def list(self) -> tuple[ScheduleShown, ...]:
        """Lists those of all broadcasts, by name.

        Raises:
            Unavailable: Temporal does not answer.
        """
        client = await self._temporal.client()
        try:
            ids = [each.id async for each in await client.list_schedules(rpc_timeout=_PATIENCE)]
        except RPCError as error:
            raise _away(error) from error
        names = sorted(each.removeprefix(_PREFIX) for each in ids if each.startswith(_PREFIX))
        return tuple([await self.show(name) for name in names])

    async def pause(self, name: str, note: str) -> ScheduleShown:
        """Holds one: it does not begin by itself. What is under way goes on.

        Args:
            name: The broadcast's.
            note: Who says so, and why.

        Raises:
            NotFound: There is none of that name.
            Unavailable: Temporal does not answer.
        """
        await _told(self._handle(name), lambda handle: handle.pause(note=note, rpc_timeout=_PATIENCE))
        return await self.show(name)

    async def resume(self, name: str, note: str) -> ScheduleShown:
        """Lets one go on, from its next beginning on.

        Args:
            name: The broadcast's.
            note: Who says so, and why.

        Raises:
            NotFound: There is none of that name.
            Unavailable: Temporal does not answer.
        """
        await _told(self._handle(name), lambda handle: handle.unpause(note=note, rpc_timeout=_PATIENCE))
        return await self.show(name)

    async def remove(self, name: str) -> None:
        """Takes one away. What is under way goes on.

        Raises:
            NotFound: There is none of that name.
            Unavailable: Temporal does not answer.
        """
        await _told(self._handle(name), lambda handle: handle.delete(rpc_timeout=_PATIENCE))

    async def _create(self, launch: Launch, recurs: Recurrence, *, paused: bool, note: str) -> bool:
        client = await self._temporal.client()
        schedule = self._schedule(launch, recurs, ScheduleState(paused=paused, note=note))
        try:
            await client.create_schedule(f"{_PREFIX}{launch.name}", schedule, rpc_timeout=_PATIENCE)
        except ScheduleAlreadyRunningError:
            return False
        except RPCError as error:
            if error.status is RPCStatusCode.INVALID_ARGUMENT:
                raise InvalidEvent(f"Temporal does not understand {recurs}: {error.message}", field="recurs") from None
            raise _away(error) from error
        return True

    def _schedule(self, launch: Launch, recurs: Recurrence, state: ScheduleState) -> Schedule:
        action = ScheduleActionStartWorkflow(
            BroadcastRun.run,
            BroadcastEntry(launch=launch),
            id=f"broadcast/{launch.name}",
            task_queue=self._queue,
            static_summary=f"Broadcast {launch.name}, {recurs}",
        )
        # One that is still going when the next is due is let go on, and the next is left out.
        policy = SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=_CATCH_UP)
        return Schedule(action=action, spec=_spec(recurs), policy=policy, state=state)

    async def _handle(self, name: str) -> ScheduleHandle:
        return (await self._temporal.client()).get_schedule_handle(f"{_PREFIX}{name}")


def _spec(recurs: Recurrence) -> ScheduleSpec:
    if recurs.cron is not None:
        # Temporal makes a calendar of it and keeps what stands behind the "#": so we can tell how it was written.
        return ScheduleSpec(cron_expressions=[f"{recurs.cron} # {recurs}"], time_zone_name=recurs.time_zone)
    assert recurs.every is not None  # noqa: S101 - one of the two is given
    return ScheduleSpec(intervals=[ScheduleIntervalSpec(every=recurs.every, offset=recurs.offset)])


def _in_words(spec: ScheduleSpec) -> str:
    written = [calendar.comment for calendar in spec.calendars if calendar.comment]
    intervals = [str(Recurrence(every=each.every, offset=each.offset or None)) for each in spec.intervals]
    return "; ".join(written + intervals) or "as Temporal's UI shows"


async def _told(handle: Awaitable[ScheduleHandle], say: Callable[[ScheduleHandle], Awaitable[_Answer]]) -> _Answer:
    found = await handle
    try:
        return await say(found)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            name = found.id.removeprefix(_PREFIX)
            raise NotFound(
                f"no broadcast {name!r} is scheduled; `fermata schedule list` shows those that are"
            ) from None
        raise _away(error) from error


def _shown(described: ScheduleDescription) -> ScheduleShown:
    state, info = described.schedule.state, described.info
    return ScheduleShown(
        name=described.id.removeprefix(_PREFIX),
        recurs=_in_words(described.schedule.spec),
        paused=state.paused,
        note=state.note or "",
        next_at=info.next_action_times[0] if info.next_action_times and not state.paused else None,
        last_at=info.recent_actions[-1].started_at if info.recent_actions else None,
    )


def _away(error: RPCError) -> Unavailable:
    return Unavailable(f"Temporal does not answer ({error.status.name}: {error.message}); is TEMPORAL_ADDRESS right?")
