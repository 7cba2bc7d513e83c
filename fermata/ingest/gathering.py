"""Single events that come in at once are stored together: one transaction for all that waited, one answer for each."""

import asyncio
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime

from fermata.database import AWAY
from fermata.errors import Unavailable
from fermata.events import IncomingEvent
from fermata.ingest.accept import Ingest, Receipt
from fermata.trace_context import traceparent

_OF_ALL: tuple[type[Exception], ...] = (Unavailable, *AWAY)
"""What one event is refused for, all are: nothing of it lies with the event."""
_MOST_TOGETHER = 100
_AT_ONCE = 2
"""Transactions under way: while one waits for the disk, the next is being worked out."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    event: IncomingEvent
    since: datetime
    receipt: "asyncio.Future[Receipt]"


class Gathering:
    """The way in for events that come one a request.

    The first is stored at once. Those that come in meanwhile wait for each other, not for a clock: they go together as
    soon as a transaction has ended. So nobody waits when little comes in, and much costs little.

    Args:
        ingest: Where events go.
    """

    def __init__(self, ingest: Ingest) -> None:
        self._ingest = ingest
        self._waiting: deque[_Waiting] = deque()
        self._storing: set[asyncio.Task[None]] = set()

    async def accept(self, event: IncomingEvent, now: datetime) -> Receipt:
        """Stores an event, as ``Ingest.accept`` does, and returns after the commit.

        Args:
            event: Of one request.
            now: When it came in.

        Raises:
            Unavailable, OSError, asyncpg.PostgresError: As of ``Ingest.accept``.
        """
        # Here and not where it is stored: that may be in the course of another request.
        event = replace(event, traceparent=traceparent())
        waiting = _Waiting(event, now, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if len(self._storing) < _AT_ONCE:
            task = asyncio.create_task(self._store_waiting())
            self._storing.add(task)
            task.add_done_callback(self._storing.discard)
        return await waiting.receipt

    async def _store_waiting(self) -> None:
        while self._waiting:
            together = [self._waiting.popleft() for _ in range(min(len(self._waiting), _MOST_TOGETHER))]
            await self._store(together)

    async def _store(self, together: list[_Waiting]) -> None:
        try:
            receipt = await self._ingest.accept([each.event for each in together], (), together[-1].since)
        except _OF_ALL as error:
            _refuse(together, error)
        except Exception as error:
            if len(together) == 1:
                _refuse(together, error)
            for each in together if len(together) > 1 else ():
                await self._store([each])  # whatever one of them is wrong with, the others are not
        except asyncio.CancelledError as error:
            _refuse(together, error)
            raise
        else:
            _answer(together, receipt)


def _refuse(together: list[_Waiting], error: BaseException) -> None:
    for each in together:
        if not each.receipt.done():
            each.receipt.set_exception(error) if isinstance(error, Exception) else each.receipt.cancel()


def _answer(together: list[_Waiting], receipt: Receipt) -> None:
    stored = set(receipt.stored)
    for each in together:
        is_new = each.event.message_id in stored
        stored.discard(each.event.message_id)
        if each.receipt.done():  # a sender that has hung up waits for nothing
            continue
        if each.event.message_id in receipt.set_aside:
            each.receipt.set_result(Receipt(0, 0, 0, set_aside=frozenset({each.event.message_id})))
        else:
            each.receipt.set_result(Receipt(int(is_new), int(not is_new), 0))
