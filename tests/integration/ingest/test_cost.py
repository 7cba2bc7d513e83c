"""What a batch costs: as many statements as one event, however many events it holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fermata.database import Pool, open_pool
from fermata.events import IncomingEvent, parse
from fermata.ingest import Ingest
from fermata.journeys import Registry

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
NAMES = ("Product Added", "Product Viewed", "Order Completed", "Unheard Of")


def events(number: int, people: int) -> list[IncomingEvent]:
    return [
        parse(
            {
                "type": "track",
                "event": NAMES[n % len(NAMES)],
                "userId": f"{number}-{n % people}",
                "messageId": f"{number}-{n}",
                "timestamp": (NOON - timedelta(minutes=number - n)).isoformat(),
            },
            received_at=NOON,
        )
        for n in range(number)
    ]


async def statements(pool: Pool, registry: Registry, batch: list[IncomingEvent]) -> int:
    """How many the pool's one connection sends for a batch, its own cleaning of the connection left out."""
    sent: list[str] = []

    def note(record: Any) -> None:
        sent.append(record.query)

    async with pool.acquire() as connection:
        connection.add_query_logger(note)
    sent.clear()
    assert (await Ingest(pool, registry).accept(batch, (), NOON)).accepted == len(batch)
    async with pool.acquire() as connection:
        connection.remove_query_logger(note)
    return len([query for query in sent if "RESET ALL" not in query])


async def test_a_batch_of_a_hundred_takes_as_many_statements_as_one_of_each_kind_of_event(
    database_url: str, registry: Registry
) -> None:
    async with open_pool(database_url, most=1) as pool:
        await statements(pool, registry, events(50, people=20))  # the first time, asyncpg asks what the types are
        large = await statements(pool, registry, events(100, people=40))
        small = await statements(pool, registry, events(len(NAMES), people=len(NAMES)))
        assert large == small + 1  # of many, those that are stored already are looked for first


async def test_an_event_that_concerns_no_journey_takes_five_statements(database_url: str, registry: Registry) -> None:
    known, again = (
        parse({"type": "track", "event": "Unheard Of", "userId": "ada", "messageId": name}, received_at=NOON)
        for name in ("m1", "m2")
    )
    async with open_pool(database_url, most=1) as pool:
        await Ingest(pool, registry).accept([known], (), NOON)
        assert await statements(pool, registry, [again]) == 5  # begin, lock the profile, save it, store, commit
