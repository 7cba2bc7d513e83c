"""The base of every journey: the enrolment, the events that reach it, and the verbs that its author writes with."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import ClassVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.runs import Closing, Runs
    from fermata.errors import DefinitionError, FermataError
    from fermata.journeys import (
        Carried,
        Entry,
        JourneyDefinition,
        JourneyEvent,
        Message,
        Outcome,
        ProfileMerged,
        Receipt,
    )
    from fermata.segments import Comparison, Where
    from fermata.segments.comparison import WhereGiven
    from fermata.vocabulary import Channel, Reason
    from workflows.children import Parenting
    from workflows.choosing import Choosing
    from workflows.failure import is_erased
    from workflows.narration import in_words
    from workflows.operated import Operated
    from workflows.run import Run, RunEnded
    from workflows.sending import Sending

__all__ = ["Entry", "Journey"]

_WHERE: TypeAdapter[tuple[Comparison, ...]] = TypeAdapter(Where)
_MOST_SIGNALS = 5_000  # a run takes 10,000, and the server does not count them when it suggests to continue as new


class RunStatus(BaseModel):
    """Where a run stands, for whoever asks.

    Args:
        standing: In a sentence.
        outcome: How the run is ending, or None while it goes on.
        signals: How many events have been delivered to it.
    """

    standing: str
    outcome: Outcome | None
    signals: int


class Journey(Operated, Parenting, Choosing):
    """One profile's way through a journey.

    A journey is a subclass with a ``definition`` and a ``run``. Inside ``async with self.enrolled()`` it sends, sleeps
    and waits; a goal, an exit event or the time limit ends that block at the next wait point, at once.
    """

    definition: ClassVar[JourneyDefinition]

    @workflow.init
    def __init__(self, entry: Entry) -> None:
        self._run = Run(entry, self.definition)

    @workflow.signal(description="An event that concerns this run. Delivered twice, it counts once.")
    def event(self, event: JourneyEvent) -> None:
        """Takes an event in."""
        self._run.receive(event)

    @workflow.signal(description="A slot is free that was reckoned as taken: what waits for one is decided again.")
    def reconsider(self) -> None:
        """Wakes what is held."""
        self._run.reconsidered += 1

    @workflow.signal(description="The profile of this run is part of another one now.")
    def merged(self, merge: ProfileMerged) -> None:
        """Goes on for the profile that remains, or ends where that one is in this journey already."""
        self._run.merge(merge)

    @workflow.query(description="Where this run stands.")
    def status(self) -> RunStatus:
        """Answers where this run stands."""
        run = self._run
        return RunStatus(standing=run.narration.standing, outcome=run.ending, signals=run.signals)

    @property
    def entry(self) -> Entry:
        """What the run was started with, and whose it is now."""
        return self._run.entry

    @property
    def outcome(self) -> Outcome:
        """How the run ended. Known once the enrolled block is left.

        Raises:
            DefinitionError: It is read before that.
        """
        if self._run.ending is None:
            raise DefinitionError(f"{self.entry.journey}: return self.outcome after `async with self.enrolled():`")
        return self._run.ending

    @asynccontextmanager
    async def enrolled(self) -> AsyncIterator[None]:
        """The enrolment: what is inside ends at once, at its next wait point, when the run's goal or exit comes.

        A send that is under way ends first and is recorded. The run is then closed in the ledger.
        """
        run = self._run
        run.enrolled = True
        try:
            yield
            run.end("completed", "came to its end")
        except RunEnded:
            pass
        except asyncio.CancelledError:
            run.end("exited", "cancelled")
            await self._close()
            raise
        except (FermataError, ValidationError, FailureError) as error:
            if not is_erased(error):
                run.fail(error)
                await self._close()
                raise
            run.end("exited", Reason.PROFILE_ERASED)
        await self._close()

    async def send(self, message: Message) -> Receipt:
        """Reaches the person with a message once every rule lets it through, on the first channel that is open.

        Holds for as long as it needs to, and decides again after every hold.

        Args:
            message: What is to be said, and on which channels.

        Returns:
            What became of it: ``sent``, ``substituted``, or ``suppressed`` with the reason.
        """
        return await Sending(self._run, message).settle()

    async def hand_off(self, message: Message) -> Receipt:
        """Hands the person over to a colleague, who gets a task, once every rule lets it through.

        It is decided, held and sent as any message is, and the desk gets one task of it however often it is tried.

        Args:
            message: On the channel ``hand_off`` alone; its templates say to which desk, and what the task is.

        Returns:
            What became of it: ``sent``, or ``suppressed`` with the reason.

        Raises:
            DefinitionError: The message has another channel.
        """
        if message.channels != (Channel.HAND_OFF,):
            named = ", ".join(message.channels)
            raise DefinitionError(
                f"{self.entry.journey}: hand_off({message.key!r}) goes by {named}; give it channels=('hand_off',)"
            )
        return await self.send(message)

    async def sleep(self, duration: timedelta) -> None:
        """Lets time pass.

        Args:
            duration: In the journey's time.
        """
        await self._pass(duration, (), f"Wait {in_words(duration)}")

    async def wait_for(self, *events: str, within: timedelta, where: WhereGiven = None) -> JourneyEvent | None:
        """Waits for an event. What came since this branch's last wait counts; what came before is past.

        Args:
            events: Names; the definition's ``listens_to`` must list each.
            within: How long at most, in the journey's time.
            where: What its properties must be, as of ``Trigger``: ``{"category": "Shoes"}`` or ``its("price") >= 50``.
                A run is told of an event's scalars and short texts only.

        Returns:
            The first such event, or None when the time has passed.
        """
        names = " or ".join(events)
        condition = f" where {' and '.join(map(str, asked))}" if (asked := _WHERE.validate_python(where)) else ""
        return await self._pass(within, events, f"Wait for {names}{condition}, at most {in_words(within)}", asked)

    async def rollover(self) -> None:
        """Continues as new where the history has grown long, and does nothing otherwise. Call it where a loop begins.

        Events not yet waited for, the count of each message and the time limit are carried over; none is lost.
        """
        run = self._run
        run.check()
        if not (workflow.info().is_continue_as_new_suggested() or run.signals >= _MOST_SIGNALS):
            return
        await workflow.wait_condition(lambda: run.sends_under_way == 0 and workflow.all_handlers_finished())
        await run.go_on()
        carried = Carried(
            started_at=run.started_at,
            inbox=run.received.unread(),
            seen=run.received.seen(),
            steps=run.steps,
            paused_for=run.paused_for,
        )
        workflow.continue_as_new(self.entry.model_copy(update={"carried": carried}))

    async def _pass(
        self, duration: timedelta, events: tuple[str, ...], summary: str, where: tuple[Comparison, ...] = ()
    ) -> JourneyEvent | None:
        run = self._run
        await run.go_on()
        self._check_listening(events)
        met = run.received.next(events, where)
        if met is not None:
            return met
        until = workflow.now() + duration / self.entry.pace
        hurried = f" (hurried: {in_words(duration / self.entry.pace)})" if self.entry.pace > 1 else ""
        run.stand(f"{summary}{hurried}, until {until:%a %d %b %H:%M} UTC", step=summary.lower(), state="waiting")
        place = run.received.place
        label = f"{summary}{hurried}"[:120]
        if await run.wait(lambda: run.received.has_after(place, events, where), until=until, summary=label):
            return run.received.next(events, where)
        run.received.read_all()
        return None

    def _check_listening(self, events: tuple[str, ...]) -> None:
        for event in events:
            if event not in self.definition.awaited:
                raise DefinitionError(
                    f"{self.entry.journey}: waits for {event!r}, which its definition does not list; "
                    f"add it to listens_to, or the event never reaches the run"
                )

    async def _close(self) -> None:
        run = self._run
        await workflow.wait_condition(lambda: run.sends_under_way == 0)
        outcome = self.outcome
        # What went wrong may quote a value; a search attribute holds its code alone.
        reason = outcome.reason.partition(":")[0] if outcome.state == "failed" else outcome.reason
        run.stand(f"{outcome.state}: {outcome.reason}", step="end", state=outcome.state, reason=reason)
        await workflow.execute_activity_method(
            Runs.close,
            Closing(run_id=self.entry.run_id, outcome=outcome),
            activity_id="close",
            summary=f"Close the run: {outcome.state} ({outcome.reason})"[:120],
            start_to_close_timeout=timedelta(seconds=15),
        )
