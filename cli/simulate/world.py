"""A world on skipped time: people do things in it, time passes in it, and journeys run in it as they would outside."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from temporalio.client import WorkflowHistoryEventFilterType

from cli.simulate.clock import SimulatedTime
from cli.simulate.invented_id import invented_id
from cli.simulate.person import REACHABLE, Person
from cli.simulate.server_clock import move_server_clock
from cli.simulate.stage import Stage
from cli.simulate.watched_run import WatchedRun
from fermata.database import Queries
from fermata.errors import DefinitionError, Unavailable
from fermata.events import parse
from fermata.vocabulary import Channel

_QUERIES = Queries("cli.simulate")
_PATIENCE = 30.0  # real seconds in which something must happen
_LOOK_AGAIN = 0.25
_A_LITTLE = timedelta(seconds=1)  # more than the time left, so that the timer is surely reached


class World:
    """One time, and the people who live in it.

    Args:
        stage: What it shares with other worlds.
        start: Its first instant, aware.
        everybody: Whether it is alone on its stage, so that whoever turns up in an event is in it.
        seed: The same one invents the same people.
    """

    def __init__(self, stage: Stage, start: datetime, *, everybody: bool = True, seed: int = 0) -> None:
        self._stage = stage
        self._everybody, self._seed = everybody, seed
        self._time = SimulatedTime(start)
        self.people: list[Person] = []
        if everybody:
            stage.times[None] = self._time

    @property
    def now(self) -> datetime:
        """The present in it, in UTC."""
        return self._time.now

    @property
    def profiles(self) -> list[UUID] | None:
        """Whose it is; None for everybody on the stage."""
        return None if self._everybody else [person.profile_id for person in self.people]

    @property
    def runs(self) -> tuple[WatchedRun, ...]:
        """What its runs wait for, and waited for."""
        return tuple(self._time.runs.values())

    async def person(
        self,
        user_id: str = "ada",
        *,
        identify: Mapping[str, Any] | None = None,
        **traits: Any,  # noqa: ANN401 - a trait is whatever JSON can hold
    ) -> Person:
        """Somebody who has just said who they are.

        Args:
            user_id: Theirs.
            identify: An identify call in the Segment spec that says all of it; None for somebody in London whom every
                channel reaches and who has said yes to all.
            traits: More of them, or others: ``timezone="Europe/Paris"``, ``phone=None``.

        Raises:
            InvalidEvent: A trait cannot be what it is.
        """
        profile_id = invented_id(f"{self._seed}/{user_id}")
        self._stage.times[profile_id] = self._time
        await self._stage.pool.execute(_QUERIES["new_person"], profile_id, self.now)
        await self._stage.pool.execute(_QUERIES["new_name"], user_id, profile_id, self.now)
        call = dict(identify) if identify is not None else {"traits": {**REACHABLE, "email": f"{user_id}@example.com"}}
        call["traits"] = {**call.get("traits", {}), **traits}
        person = Person(self, self._stage, user_id, profile_id)
        self.people.append(person)
        await self.accept([{"type": "identify", **call, "userId": user_id}])
        return person

    async def accept(self, calls: Sequence[Mapping[str, Any]]) -> None:
        """Takes calls of the Segment spec in, now, and has them reach the runs that they concern.

        Args:
            calls: As an SDK sends them; times in them do not count.

        Raises:
            InvalidEvent: One of them cannot be; nothing is taken in.
        """
        events = [
            parse({"messageId": uuid4().hex, **_untimed(call)}, received_at=self.now, verbs=self._stage.verbs)
            for call in calls
        ]
        await self._stage.ingest.process(events, self.now)
        await self.settle()

    def refuse(self, *channels: Channel) -> None:
        """From now on the providers of these channels refuse everything; named without one, they take all again."""
        self._stage.recorder.refusing = set(channels)

    async def advance(self, duration: timedelta) -> None:
        """Lets so much time pass: every wait that ends in it ends, in order, each at its own instant."""
        await self.advance_to(self.now + duration)

    async def advance_to(self, instant: datetime) -> None:
        """Lets time pass until an instant; an instant that has passed changes nothing.

        Raises:
            DefinitionError: A journey's code cannot go on; says why.
        """
        while (run := self._next()) is not None and (wait := run.next_wait) is not None and wait.until <= instant:
            self._time.now = max(self.now, wait.until)
            left = run.left_of(wait)
            if left > timedelta(0):
                await move_server_clock(self._stage.client, run.workflow_id, left + _A_LITTLE)
            await self._until(lambda run=run, wait=wait: run.has_passed(wait))  # type: ignore[misc]
            await self.settle()
        self._time.now = max(self.now, instant.astimezone(UTC))

    async def finish(self, *, within: timedelta) -> None:
        """Lets time pass until no run waits for anything any more.

        Args:
            within: How long at most.
        """
        limit = self.now + within
        while (run := self._next()) is not None and (wait := run.next_wait) is not None and wait.until <= limit:
            await self.advance_to(wait.until)

    async def settle(self) -> None:
        """Has everything that is on its way arrive, and lets the runs do what follows, until nothing moves.

        Raises:
            DefinitionError: A journey's code cannot go on; says why.
            Unavailable: Something hangs.
        """
        while True:
            while await self._stage.pool.fetchval(_QUERIES["undelivered"], self.profiles):
                await self._stage.deliver()
            words = await self._words()
            await self._until(lambda words=words: self._is_quiet(words))  # type: ignore[misc]
            await self._see_ends()
            if not await self._stage.pool.fetchval(_QUERIES["undelivered"], self.profiles):
                return

    def _next(self) -> WatchedRun | None:
        """The run whose wait ends first."""
        waiting = [(wait.until, run.workflow_id, run) for run in self.runs if (wait := run.next_wait) is not None]
        return min(waiting, key=lambda each: each[:2])[2] if waiting else None

    async def _words(self) -> Counter[str]:
        rows = await self._stage.pool.fetch(_QUERIES["words"], self.profiles)
        return Counter({row["workflow_id"]: row["words"] for row in rows})

    def _is_quiet(self, words: Counter[str]) -> bool:
        runs = self._time.runs
        heard = all(workflow_id in runs and runs[workflow_id].words >= told for workflow_id, told in words.items())
        return heard and all(run.is_idle for run in self.runs)

    async def _see_ends(self) -> None:
        """Waits until the server knows of runs that have ended: their ids are free from then on."""
        closing = WorkflowHistoryEventFilterType.CLOSE_EVENT
        for run in self.runs:
            if run.ended and not run.is_settled:
                handle = self._stage.client.get_workflow_handle(run.workflow_id, run_id=run.run_id)
                async for _ in handle.fetch_history_events(event_filter_type=closing, wait_new_event=True):
                    run.is_settled = True

    async def _until(self, condition: Callable[[], bool]) -> None:
        """Waits for what the runs come to, which they do in real time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _PATIENCE
        while not condition():
            for run in self.runs:
                if run.fault is not None:
                    raise DefinitionError(f"{run.workflow_id.partition('/')[0]} cannot go on: {run.fault}")
            await self._time.something_happens(_LOOK_AGAIN)
            if loop.time() >= deadline:
                busy = ", ".join(run.workflow_id for run in self.runs if not run.is_idle) or "the server"
                raise Unavailable(f"nothing has moved for {_PATIENCE:.0f} s; waiting for {busy}")


def _untimed(call: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in call.items() if name not in ("timestamp", "originalTimestamp", "sentAt")}
