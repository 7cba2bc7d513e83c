"""Many requests at once about the same people: one profile each, every event once, and no deadlock that shows."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from fermata.database import Pool
from fermata.events import parse
from fermata.ingest import Ingest, Receipt, claim, settle

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def payload(message_id: str, event: str = "Product Added", **identity: str) -> dict[str, Any]:
    return {"type": "track", "event": event, "messageId": message_id, **identity}


async def send(door: Ingest, *payloads: dict[str, Any]) -> Receipt:
    return await door.accept([parse(each, received_at=NOON) for each in payloads], (), NOON)


async def test_one_new_user_in_twenty_requests_at_once_is_one_profile_with_one_run(door: Ingest, pool: Pool) -> None:
    receipts = await asyncio.gather(*(send(door, payload(f"m{n}", userId="ada")) for n in range(20)))
    assert all(receipt.accepted == 1 for receipt in receipts)
    assert await pool.fetchval("SELECT count(*) FROM profiles") == 1
    assert await pool.fetchval("SELECT count(*) FROM events") == 20
    rows = await pool.fetch("SELECT kind FROM dispatches ORDER BY id")
    assert [row["kind"] for row in rows] == ["start"] + ["signal"] * 19


async def test_one_message_in_twenty_requests_at_once_is_stored_once(door: Ingest, pool: Pool) -> None:
    receipts = await asyncio.gather(*(send(door, payload("m1", userId=f"user {n}")) for n in range(20)))
    assert sum(receipt.accepted for receipt in receipts) == 1
    assert await pool.fetchval("SELECT array_agg(event_id) FROM message_ids") == [
        await pool.fetchval("SELECT id FROM events")
    ]
    assert await pool.fetchval("SELECT count(*) FROM profiles") == 1
    assert await pool.fetchval("SELECT count(*) FROM dispatches") == 1


async def test_two_user_ids_that_meet_on_one_device_at_once_stay_two_people(door: Ingest, pool: Pool) -> None:
    await send(door, payload("before", anonymousId="device"))
    await asyncio.gather(
        *(send(door, payload(f"m{n}", userId=f"user {n % 4}", anonymousId="device")) for n in range(16))
    )
    rows = await pool.fetch("SELECT profile_id FROM identities WHERE kind = 'user_id'")
    assert len({row["profile_id"] for row in rows}) == len(rows) == 4


async def test_fifty_batches_that_cross_the_same_people_lose_nothing_and_show_no_deadlock(
    door: Ingest, pool: Pool
) -> None:
    random = Random(4)  # noqa: S311 - the same crossings every time
    batches = [
        [
            payload(f"m{batch}-{n}", random.choice(["Product Added", "Product Viewed", "Order Completed"]), **identity)
            for n, identity in enumerate(_crossing(random))
        ]
        for batch in range(50)
    ]
    receipts = await asyncio.gather(*(send(door, *batch) for batch in batches))
    assert sum(receipt.accepted for receipt in receipts) == sum(len(batch) for batch in batches)
    stored = {row["message_id"] for row in await pool.fetch("SELECT message_id FROM events")}
    assert stored == {message["messageId"] for batch in batches for message in batch}
    people = Counter(
        row["profile_id"] for row in await pool.fetch("SELECT profile_id FROM identities WHERE kind = 'user_id'")
    )
    assert set(people.values()) == {1}
    await _dispatches_stand_in_commit_order(pool)


def _crossing(random: Random) -> list[dict[str, str]]:
    """Twelve of twenty people, each now and then on one of thirty devices that others use too."""
    return [
        {"userId": f"user {user}", "anonymousId": f"device {random.randrange(30)}"}
        if random.random() < 0.5
        else {"userId": f"user {user}"}
        for user in random.sample(range(20), k=12)
    ]


async def _dispatches_stand_in_commit_order(pool: Pool) -> None:
    early = await pool.fetchval("""
        SELECT count(*) FROM dispatches started JOIN dispatches signal USING (run_id)
        WHERE started.kind = 'start' AND signal.kind = 'signal' AND signal.id < started.id
    """)
    assert early == 0


async def test_dispatchers_beside_writers_deliver_everything_once_and_in_order(door: Ingest, pool: Pool) -> None:
    delivered: list[tuple[str, int]] = []
    writing = True

    async def dispatcher() -> None:
        while True:
            async with pool.acquire() as connection, connection.transaction():
                over = not writing
                now = NOON + timedelta(hours=1)
                claimed = await claim(connection, limit=7, now=now)
                delivered.extend((each.workflow_id, each.id) for each in claimed)
                await settle(connection, [(each.id, "done") for each in claimed], [], now)
            if over and not claimed:
                return

    async def write() -> None:
        nonlocal writing
        for n in range(8):
            await asyncio.gather(*(send(door, payload(f"{user}-{n}", userId=f"user {user}")) for user in range(10)))
        writing = False

    await asyncio.wait_for(asyncio.gather(write(), dispatcher(), dispatcher(), dispatcher()), timeout=60)
    assert len(delivered) == len(set(delivered)) == 80
    for workflow in {workflow for workflow, _ in delivered}:
        ids = [dispatch for owner, dispatch in delivered if owner == workflow]
        assert ids == sorted(ids)
