"""Sends events through the HTTP ingest over a few connections at once, each person's events in their order."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cli.demo.batch import Batch
from cli.demo.door import Door, TooLarge
from cli.demo.lanes import Lanes
from cli.demo.outgoing import Outgoing

_LANES = 4
_FAULTS_KEPT = 20


@dataclass(frozen=True)
class Fault:
    """An event that went nowhere, and why.

    Args:
        line: Its line in the file it came from; 0 where it came from none.
    """

    line: int
    message: str


@dataclass
class Tally:
    """What the door made of the events so far. Keeps the first faults only, and counts them all."""

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, line: int, message: str) -> None:
        """Counts an event that went nowhere."""
        self.rejected += 1
        if len(self.faults) < _FAULTS_KEPT:
            self.faults.append(Fault(line, message))


class Sender:
    """Sends events and tallies the answers.

    Args:
        door: Where they go.
        tally: Grows with every answer.
        progress: Told the weight of each batch once it is committed.
        lanes: How many requests are under way at once.
    """

    def __init__(self, door: Door, tally: Tally, progress: Callable[[int], None], *, lanes: int = _LANES) -> None:
        self._door = door
        self._tally = tally
        self._progress = progress
        self._lanes = Lanes(lanes)
        self._filling = [Batch() for _ in range(lanes)]
        self._under_way: list[asyncio.Task[None] | None] = [None] * lanes

    async def send(self, events: Iterable[Outgoing]) -> None:
        """Sends all events and returns when the last is committed. Holds a few batches in memory, never all events.

        Raises:
            ConfigurationError: The write key is wrong, or there is no ingest at this address.
            Unavailable: The door stayed shut for too long.
        """
        try:
            for event in events:
                await self._put(event)
            await self._drain()
        finally:
            left_over = [task for task in self._under_way if task is not None]
            for task in left_over:
                task.cancel()
            await asyncio.gather(*left_over, return_exceptions=True)

    async def _put(self, event: Outgoing) -> None:
        lanes = self._lanes.of(event.names)
        if len(lanes) > 1:
            # The event says that two people are one: what went by either lane must have arrived before it.
            await self._drain()
        lane = min(lanes)
        self._lanes.keep(event.names, lane)
        if not self._filling[lane].takes(event):
            await self._go(lane)
        self._filling[lane].add(event)

    async def _go(self, lane: int) -> None:
        """Lets a lane's batch go once the one before it has arrived."""
        await self._arrived(lane)
        batch, self._filling[lane] = self._filling[lane], Batch()
        if batch.events:
            self._under_way[lane] = asyncio.create_task(self._deliver(batch))

    async def _arrived(self, lane: int) -> None:
        task, self._under_way[lane] = self._under_way[lane], None
        if task is not None:
            await task

    async def _drain(self) -> None:
        for lane in range(self._lanes.number):
            await self._go(lane)
        for lane in range(self._lanes.number):
            await self._arrived(lane)

    async def _deliver(self, batch: Batch) -> None:
        try:
            answer = await self._door.post(batch)
        except TooLarge as refusal:
            if len(batch.events) == 1:
                self._tally.refuse(batch.events[0].line, str(refusal))
                self._progress(batch.events[0].weight)
                return
            for half in batch.halves():
                await self._deliver(half)
            return
        self._tally.accepted += answer.accepted
        self._tally.duplicates += answer.duplicates
        for rejection in answer.rejected:
            words = f"{rejection.field}: {rejection.message}" if rejection.field else rejection.message
            self._tally.refuse(batch.events[rejection.index].line, words)
        self._progress(sum(event.weight for event in batch.events))
