"""What operators do with broadcasts, by command line and HTTP: look before, start, hold, let go on, cancel."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError as NoAnswer
from temporalio.common import Priority
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from fermata.broadcasts import (
    Broadcast,
    BroadcastOperation,
    BroadcastRecord,
    BroadcastState,
    Change,
    Declared,
    Launch,
    find_broadcast,
)
from fermata.broadcasts.preview import Preview, preview
from fermata.broadcasts.store import open_broadcast, stand
from fermata.broadcasts.waiting import give_up
from fermata.database import Pool
from fermata.errors import Conflict, Unavailable
from fermata.ledger import Policies
from fermata.vocabulary import Channel
from workflows.broadcast import BroadcastEntry, BroadcastRun
from workflows.description import describe
from workflows.discovery import Journeys
from workflows.operated import OperatorWord
from workflows.temporal_at_need import TemporalAtNeed

_PATIENCE = timedelta(seconds=10)  # a worker may be busy with a page, or just starting
_AWAY = "Temporal does not answer; is it up, and is TEMPORAL_ADDRESS right?"
_NO_WORKER = "no worker has answered; is `fermata worker` running? The word takes hold when one starts"


class BroadcastDesk:
    """Looks at broadcasts and acts on them. It may be made while Temporal is away.

    Args:
        pool: Where people and broadcasts are kept.
        journeys: Those of this deployment.
        declared: Its broadcasts.
        connect: Makes the client of Temporal; called when it is first needed.
        queue: The task queue that broadcasts are started on.
    """

    def __init__(
        self,
        pool: Pool,
        journeys: Journeys,
        declared: Declared,
        connect: Callable[[], Awaitable[Client]],
        *,
        queue: str = "journeys",
    ) -> None:
        self.declared = declared
        self._pool = pool
        self._journeys = journeys
        self._temporal = TemporalAtNeed(connect)
        self._queue = queue

    async def preview(self, launch: Launch, now: datetime) -> Preview:
        """Counts what a broadcast would do, and does nothing.

        Args:
            launch: As it would be started.
            now: The instant, aware.

        Raises:
            NotFound: No such broadcast is declared.
            DefinitionError: Its journey would not take its event.
        """
        broadcast = self._checked(launch)
        async with self._pool.acquire() as connection:
            policy = (await Policies().active(connection)).policy
        return await preview(
            self._pool,
            broadcast,
            channels=self._channels(broadcast.journey),
            starts_at=launch.begins(broadcast, now),
            now=now,
            fallback=policy.unknown_time_zone.fallback,
        )

    async def start(self, launch: Launch, now: datetime) -> BroadcastRecord:
        """Starts a broadcast: it is on its way when this returns, whatever becomes of this process.

        Args:
            launch: Which, and what of it is other than declared.
            now: The instant, aware.

        Raises:
            NotFound: No such broadcast is declared.
            DefinitionError: Its journey would not take its event.
            Conflict: One of that name is under way.
            Unavailable: Temporal does not answer.
        """
        broadcast = self._checked(launch)
        workflow_id = f"broadcast/{launch.name}"
        client = await self._temporal.client()
        try:
            handle = await client.start_workflow(
                BroadcastRun.run,
                BroadcastEntry(launch=launch),
                id=workflow_id,
                task_queue=self._queue,
                static_summary=f"Broadcast {launch.name} into {broadcast.journey}",
                static_details=f"For everybody who: {broadcast.segment}. Started by {launch.by or 'nobody named'}.",
                priority=Priority(priority_key=5, fairness_key="broadcast"),
                rpc_timeout=_PATIENCE,
            )
        except WorkflowAlreadyStartedError:
            raise Conflict(
                f"a broadcast {launch.name!r} is under way; wait for its end, or cancel it: `fermata broadcast list`"
            ) from None
        except RPCError as error:
            raise Unavailable(f"{_AWAY} ({error.status.name}: {error.message})") from error
        broadcast_id = UUID(handle.first_execution_run_id)
        # Its worker writes the same; whoever looks at once is to find it.
        await open_broadcast(
            self._pool,
            broadcast_id,
            broadcast,
            workflow_id=workflow_id,
            starts_at=launch.begins(broadcast, now),
            first=Change(at=now, state=BroadcastState.SCHEDULED, by=launch.by, why=launch.why),
        )
        return await find_broadcast(self._pool, broadcast_id)

    async def act(self, broadcast_id: UUID, operation: BroadcastOperation, word: OperatorWord, now: datetime) -> str:
        """Holds a broadcast, lets it go on, or ends it.

        Args:
            broadcast_id: Which.
            operation: What is to be done.
            word: Who says so, and why.
            now: The instant, aware.

        Returns:
            Where it stands, in a sentence.

        Raises:
            NotFound: There is no such broadcast.
            Conflict: It is over, or not in Temporal any more.
            Unavailable: Temporal, or a worker, does not answer.
        """
        record = await find_broadcast(self._pool, broadcast_id)
        if record.state.is_over:
            raise Conflict(f"the broadcast is over: {record.state}; nothing can be changed")
        handle = await self._handle(record)
        try:
            stands: str = await handle.execute_update(operation.value, word, result_type=str, rpc_timeout=_PATIENCE)
        except WorkflowUpdateFailedError as error:
            raise Conflict(f"the broadcast has refused it: {error.cause}") from None
        except NoAnswer:
            raise Unavailable(_NO_WORKER) from None
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise Unavailable(f"{_AWAY} ({error.status.name}: {error.message})") from error
        else:
            return stands
        return await self._put_away(record, operation, word, now)

    async def problem(self, record: BroadcastRecord) -> str | None:
        """Says why a broadcast that is not over does not go on; None where nothing is known against it.

        Args:
            record: As it is kept.
        """
        if record.state.is_over:
            return None
        try:
            described = await (await self._handle(record)).describe(rpc_timeout=_PATIENCE)
        except Unavailable:
            return _AWAY
        except RPCError as error:
            gone = error.status is RPCStatusCode.NOT_FOUND
            return "it is not in Temporal any more; cancel it, and start it again" if gone else _AWAY
        if described.status is not WorkflowExecutionStatus.RUNNING:
            ended = described.status.name.lower() if described.status is not None else "gone"
            return f"Temporal says that it is {ended}; cancel it, and start it again"
        failing = [each for each in described.raw_description.pending_activities if each.HasField("last_failure")]
        if failing:
            return f"attempt {failing[0].attempt}: {failing[0].last_failure.message}"
        return None

    async def _put_away(
        self, record: BroadcastRecord, operation: BroadcastOperation, word: OperatorWord, now: datetime
    ) -> str:
        """Somebody has terminated it in Temporal: nothing goes on there, and to cancel it clears away what is left."""
        if operation is not BroadcastOperation.CANCEL:
            raise Conflict("the broadcast is not in Temporal any more: somebody has terminated it there; cancel it")
        while await give_up(self._pool, record.id):
            pass
        change = Change(at=now, state=BroadcastState.CANCELLED, by=word.by, why=word.why)
        await stand(self._pool, record.id, change)
        return f"Cancelled by {word}"

    def _checked(self, launch: Launch) -> Broadcast:
        broadcast = launch.of(self.declared)
        broadcast.announced(self._journeys.registry[broadcast.journey], "")
        return broadcast

    def _channels(self, journey: str) -> tuple[Channel, ...]:
        described = next(each for each in describe(self._journeys) if each.name == journey)
        return tuple(dict.fromkeys(channel for message in described.messages for channel in message.channels))

    async def _handle(self, record: BroadcastRecord) -> WorkflowHandle[BroadcastRun, str]:
        client = await self._temporal.client()
        return client.get_workflow_handle_for(
            BroadcastRun.run, record.workflow_id, first_execution_run_id=str(record.id)
        )


def nothing_to_announce(pool: Pool) -> BroadcastDesk:
    """A desk of a process that declares no broadcast and knows of no Temporal: what was started can be looked at.

    Args:
        pool: Where broadcasts are kept.
    """

    async def nowhere() -> Client:
        raise Unavailable("this process was not told of a Temporal server")

    return BroadcastDesk(pool, Journeys({}), {}, nowhere)
