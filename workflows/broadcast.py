"""A broadcast on its way: it waits for its time, chooses whom it is for, and lets them enter at its rate."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict
from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.broadcasts import Broadcasts, Choosing, Entered, Entering, Opened, Opening, Standing
    from fermata.broadcasts import BroadcastState, Change, Launch
    from workflows.operated import OperatorWord

_Given = TypeVar("_Given")
_Answer = TypeVar("_Answer")

_LONGEST_HISTORY = 500  # events; then it goes on as new
_SHORTEST = timedelta(milliseconds=1)  # a wait of zero raises in the SDK
_SILENCE = timedelta(seconds=10)  # of an activity whose worker is gone
_LONGEST = timedelta(hours=1)
_LOWEST = 5
_RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    maximum_interval=timedelta(minutes=1),
    non_retryable_error_types=["NotFound", "DefinitionError", "InvalidSegment", "ValidationError"],
)


class _Carried(BaseModel):
    """What goes on from one execution to the next.

    Args:
        opened: What was found out of the broadcast.
        chosen: All of its people are written down.
        last_due_at, last: Where the last page ended.
        next_page_at: Not before, by its rate.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    opened: Opened
    chosen: bool
    last_due_at: AwareDatetime | None
    last: UUID | None
    next_page_at: AwareDatetime


class BroadcastEntry(BaseModel):
    """What a broadcast is started with.

    Args:
        launch: What was asked for.
        carried: Of the execution before this one; None for the first.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    launch: Launch
    carried: _Carried | None = None


class _Cancelled(Exception):
    """Somebody has cancelled the broadcast, and that is written down."""


@workflow.defn(name="broadcast")
class BroadcastRun:
    """One broadcast. How far it is stands in Postgres; here is only what comes next."""

    @workflow.init
    def __init__(self, entry: BroadcastEntry) -> None:
        self._entry = entry
        self._words: list[Change] = []
        self._paused = False
        self._standing = "Begins"
        self._state = BroadcastState.SCHEDULED

    @workflow.run
    async def run(self, entry: BroadcastEntry) -> str:
        """Carries it out. Answers how it ended."""
        try:
            await self._carry_out()
        except _Cancelled:
            return BroadcastState.CANCELLED
        except (asyncio.CancelledError, ActivityError) as error:
            if is_cancelled_exception(error):
                await self._end(BroadcastState.CANCELLED, "Temporal", "its workflow was cancelled")
            else:
                await self._end(BroadcastState.FAILED, "", str(error.__cause__))
            raise
        await self._end(BroadcastState.DONE, "", "")
        return BroadcastState.DONE

    @workflow.update(description="Holds the broadcast: the page that is under way enters, and nobody else.")
    def pause(self, word: OperatorWord) -> str:
        """Holds it, until it is resumed or cancelled."""
        if not self._paused:
            self._paused = True
            self._say(BroadcastState.PAUSED, word)
        return f"Paused by {word}"

    @workflow.update(description="Lets a paused broadcast go on where it was held.")
    def resume(self, word: OperatorWord) -> str:
        """Lets it go on."""
        if self._paused:
            self._paused = False
            self._say(self._state, word)
        return f"Resumed by {word}"

    @workflow.update(description="Ends the broadcast: whoever has not entered will not. Those who have go on.")
    def cancel(self, word: OperatorWord) -> str:
        """Ends it."""
        self._say(BroadcastState.CANCELLED, word)
        return f"Cancelled by {word}"

    @workflow.query(description="Where this broadcast stands.")
    def status(self) -> str:
        """Answers where it stands, in a sentence."""
        return self._standing

    @property
    def _id(self) -> UUID:
        """Of the first execution: the same for all that follow, and after a reset."""
        return UUID(workflow.info().first_execution_run_id)

    def _say(self, state: BroadcastState, word: OperatorWord) -> None:
        self._words.append(Change(at=workflow.now(), state=state, by=word.by, why=word.why))

    async def _carry_out(self) -> None:
        carried = self._entry.carried or await self._begin()
        if not carried.chosen:
            await self._pass(carried.opened.starts_at, "Waits for its time")
            self._state = BroadcastState.CHOOSING
            while await self._choose():
                await self._pass(workflow.now(), "Chooses its people")
                self._go_on_as_new(carried)
            carried = carried.model_copy(update={"chosen": True})
        self._state = BroadcastState.ENTERING
        await self._pass(carried.next_page_at, "Paused")
        while True:
            began = workflow.now()
            entered = await self._enter(carried)
            if entered.next_due_at is None:
                await self._heed()  # what was said while the last page entered
                return
            carried = _after(carried, entered, began)
            wave = entered.next_due_at > carried.next_page_at
            until = entered.next_due_at if wave else carried.next_page_at
            await self._pass(until, "Waits for the next who are due" if wave else "Keeps to its rate")
            self._go_on_as_new(carried)

    async def _begin(self) -> _Carried:
        info = workflow.info()
        opening = Opening(
            broadcast_id=self._id, asked_at=workflow.now(), launch=self._entry.launch, workflow_id=info.workflow_id
        )
        opened = await self._ask(Broadcasts.open, opening, "open")
        return _Carried(opened=opened, chosen=False, last_due_at=None, last=None, next_page_at=workflow.now())

    async def _choose(self) -> bool:
        choosing = Choosing(broadcast_id=self._id, asked_at=workflow.now())
        return await self._ask(Broadcasts.choose, choosing, "choose")

    async def _enter(self, carried: _Carried) -> Entered:
        entering = Entering(
            broadcast_id=self._id,
            asked_at=workflow.now(),
            after_due_at=carried.last_due_at,
            after=carried.last,
            most=carried.opened.page,
        )
        return await self._ask(Broadcasts.enter, entering, "enter")

    async def _pass(self, until: datetime, standing: str) -> None:
        """Lets time pass until an instant, and for as long as the broadcast is paused. Heeds what is said meanwhile.

        Raises:
            _Cancelled: The broadcast has been cancelled.
        """
        while True:
            await self._heed()
            left = until - workflow.now()
            if left <= timedelta(0) and not self._paused:
                return
            self._stand("Paused" if self._paused else f"{standing}, until {until:%a %d %b %H:%M:%S} UTC")
            timeout = None if self._paused else max(left, _SHORTEST)
            try:
                await workflow.wait_condition(
                    lambda: bool(self._words), timeout=timeout, timeout_summary=self._standing[:120]
                )
            except TimeoutError:
                continue

    async def _heed(self) -> None:
        while self._words:
            change = self._words.pop(0)
            await self._ask(Broadcasts.stand, self._standing_of(change), "change")
            if change.state is BroadcastState.CANCELLED:
                self._stand("Cancelled")
                raise _Cancelled

    async def _end(self, state: BroadcastState, by: str, why: str) -> None:
        self._stand(f"{state.capitalize()}: {why}" if why else state.capitalize())
        change = Change(at=workflow.now(), state=state, by=by, why=why[:1000])
        await self._ask(Broadcasts.stand, self._standing_of(change), "change")

    def _standing_of(self, change: Change) -> Standing:
        return Standing(broadcast_id=self._id, asked_at=workflow.now(), change=change)

    def _stand(self, standing: str) -> None:
        self._standing = standing
        workflow.set_current_details(f"{standing}\n\nBroadcast `{self._entry.launch.name}`, id `{self._id}`.")

    def _go_on_as_new(self, carried: _Carried) -> None:
        """Starts a new history where this one has grown long, with nothing under way and nothing unheeded."""
        info = workflow.info()
        long = info.is_continue_as_new_suggested() or info.get_current_history_length() >= _LONGEST_HISTORY
        if long and not self._words and workflow.all_handlers_finished():
            workflow.continue_as_new(self._entry.model_copy(update={"carried": carried}))

    async def _ask(
        self, method: Callable[[Broadcasts, _Given], Awaitable[_Answer]], asked: _Given, summary: str
    ) -> _Answer:
        return await workflow.execute_activity_method(
            method,
            asked,
            summary=f"{self._entry.launch.name}: {summary}",
            start_to_close_timeout=_LONGEST,
            heartbeat_timeout=_SILENCE,
            retry_policy=_RETRY,
            priority=Priority(priority_key=_LOWEST, fairness_key="broadcast"),
        )


def _after(carried: _Carried, entered: Entered, began: datetime) -> _Carried:
    """What goes on after a page. One that was late does not make those after it hurry."""
    takes = carried.opened.page_takes * (entered.people / carried.opened.page)
    following = max(carried.next_page_at, began) + takes
    return carried.model_copy(
        update={"last_due_at": entered.last_due_at, "last": entered.last, "next_page_at": following}
    )
