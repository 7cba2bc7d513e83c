"""Single events at once go together into few transactions, and each sender is told of its own."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from fermata.database import Pool
from fermata.errors import Unavailable
from fermata.events import IncomingEvent, Rejection, parse
from fermata.ingest import Gathering, Ingest, Receipt
from fermata.journeys import Registry

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def event(n: int, **rest: Any) -> IncomingEvent:
    payload = {"type": "track", "event": "X", "messageId": f"m{n}", "userId": f"u{n}", **rest}
    return parse(payload, received_at=NOON)


class Watched(Ingest):
    """An ingest that counts its transactions, and refuses an event on the word of a test."""

    def __init__(self, pool: Pool, *, refuses: str = "", error: Exception | None = None) -> None:
        super().__init__(pool, Registry({}))
        self.sizes: list[int] = []
        self._refuses = refuses
        self._error = error

    async def accept(
        self, events: Sequence[IncomingEvent], rejections: Sequence[Rejection], now: datetime, **rest: Any
    ) -> Receipt:
        if self._error is not None and any(each.message_id == self._refuses for each in events):
            raise self._error
        self.sizes.append(len(events))
        return await super().accept(events, rejections, now, **rest)


async def test_a_hundred_at_once_are_a_few_transactions_and_each_has_its_answer(pool: Pool) -> None:
    ingest = Watched(pool)
    gathering = Gathering(ingest)
    receipts = await asyncio.gather(*(gathering.accept(event(n), NOON) for n in range(100)))
    assert {(each.accepted, each.duplicates) for each in receipts} == {(1, 0)}
    assert await pool.fetchval("SELECT count(*) FROM events") == 100
    assert sum(ingest.sizes) == 100
    assert len(ingest.sizes) <= 4


async def test_the_same_event_in_many_requests_at_once_is_new_to_one_of_them(pool: Pool) -> None:
    gathering = Gathering(Watched(pool))
    receipts = await asyncio.gather(*(gathering.accept(event(1, userId=f"u{n}"), NOON) for n in range(20)))
    assert sum(each.accepted for each in receipts) == 1
    assert sum(each.duplicates for each in receipts) == 19
    assert await pool.fetchval("SELECT count(*) FROM events") == 1


async def test_an_event_that_cannot_be_stored_holds_up_no_other(pool: Pool) -> None:
    gathering = Gathering(Watched(pool, refuses="m7", error=ValueError("no such thing")))
    answers = await asyncio.gather(*(gathering.accept(event(n), NOON) for n in range(20)), return_exceptions=True)
    assert [n for n, answer in enumerate(answers) if isinstance(answer, Exception)] == [7]
    assert await pool.fetchval("SELECT count(*) FROM events") == 19


async def test_where_the_database_gives_up_all_who_waited_are_told_to_come_again(pool: Pool) -> None:
    gathering = Gathering(Watched(pool, refuses="m7", error=Unavailable("busy")))
    answers = await asyncio.gather(*(gathering.accept(event(n), NOON) for n in range(20)), return_exceptions=True)
    told = [n for n, answer in enumerate(answers) if isinstance(answer, Unavailable)]
    assert 7 in told
    assert await pool.fetchval("SELECT count(*) FROM events") == 20 - len(told)
    assert (await gathering.accept(event(99), NOON)).accepted == 1


async def test_a_sender_that_hangs_up_loses_neither_its_event_nor_anothers(pool: Pool) -> None:
    gathering = Gathering(Watched(pool))
    hasty = [asyncio.create_task(gathering.accept(event(n), NOON)) for n in range(10)]
    patient = [asyncio.create_task(gathering.accept(event(n), NOON)) for n in range(10, 20)]
    await asyncio.sleep(0)
    for task in hasty:
        task.cancel()
    receipts = await asyncio.gather(*patient)
    assert all(each.accepted == 1 for each in receipts)
    with pytest.raises(asyncio.CancelledError):
        await hasty[0]
    assert await pool.fetchval("SELECT count(*) FROM events") == 20
