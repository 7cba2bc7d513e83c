"""The dispatcher's side: in order for each profile, whoever claims, and nobody waits for somebody else's trouble."""

from datetime import UTC, datetime, timedelta

from fermata.database import Connection, Pool
from fermata.events import parse
from fermata.ingest import ClaimedDispatch, Ingest, claim, settle
from fermata.journeys import JourneyEvent
from fermata.ledger import close_run

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


async def add_to_cart(door: Ingest, user: str, times: int) -> None:
    for n in range(times):
        payload = {
            "type": "track",
            "event": "Product Added",
            "userId": user,
            "messageId": f"{user}-{n}",
            "timestamp": (NOON - timedelta(hours=1) + timedelta(seconds=n)).isoformat(),
            "properties": {"user": user, "n": n},
        }
        await door.accept([parse(payload, received_at=NOON)], (), NOON)


def event_of(claimed: ClaimedDispatch) -> JourneyEvent:
    assert isinstance(claimed.word, JourneyEvent)
    return claimed.word


def told(claimed: list[ClaimedDispatch]) -> list[tuple[str, int]]:
    return sorted((event_of(each).properties["user"], event_of(each).properties["n"]) for each in claimed)


async def take(connection: Connection, *, limit: int = 10, now: datetime = NOON) -> list[ClaimedDispatch]:
    claimed = await claim(connection, limit=limit, now=now)
    await settle(connection, [(each.id, "done") for each in claimed], [], now)
    return claimed


async def test_a_claim_carries_all_that_a_workflow_must_be_told(door: Ingest, pool: Pool) -> None:
    await add_to_cart(door, "ada", 1)
    run = await pool.fetchrow("SELECT id, profile_id FROM journey_runs")
    event = await pool.fetchrow("SELECT id, occurred_at FROM events")
    assert run is not None
    assert event is not None
    async with pool.acquire() as connection, connection.transaction():
        [claimed] = await claim(connection, limit=10, now=NOON)
    assert (claimed.kind, claimed.run_id, claimed.journey, claimed.attempts) == ("start", run["id"], "cart", 0)
    assert claimed.workflow_id == f"cart/{run['profile_id']}"
    assert (event_of(claimed).id, event_of(claimed).occurred_at) == (event["id"], event["occurred_at"])
    assert event_of(claimed).properties == {"user": "ada", "n": 0}
    assert not claimed.run_ended


async def test_only_the_oldest_of_each_profile_is_claimed_until_it_is_delivered(door: Ingest, pool: Pool) -> None:
    await add_to_cart(door, "ada", 3)
    await add_to_cart(door, "bob", 2)
    rounds = []
    for _ in range(4):
        async with pool.acquire() as connection, connection.transaction():
            rounds.append(told(await take(connection)))
    assert rounds == [[("ada", 0), ("bob", 0)], [("ada", 1), ("bob", 1)], [("ada", 2)], []]


async def test_two_dispatchers_never_hold_the_same_nor_two_of_one_profile(door: Ingest, pool: Pool) -> None:
    for user in ("ada", "bob", "cyd"):
        await add_to_cart(door, user, 2)
    async with pool.acquire() as one, pool.acquire() as two:
        first, second = one.transaction(), two.transaction()
        await first.start()
        await second.start()
        held_by_one = await take(one, limit=2)
        held_by_two = await take(two, limit=10)
        assert told(held_by_one) == [("ada", 0), ("bob", 0)]
        assert told(held_by_two) == [("cyd", 0)]
        await first.commit()
        await second.commit()
        async with two.transaction():
            assert told(await take(two)) == [("ada", 1), ("bob", 1), ("cyd", 1)]


async def test_what_a_dead_dispatcher_held_is_claimed_again(door: Ingest, pool: Pool) -> None:
    await add_to_cart(door, "ada", 1)
    async with pool.acquire() as connection:
        doomed = connection.transaction()
        await doomed.start()
        await take(connection)
        await doomed.rollback()
        async with connection.transaction():
            assert told(await take(connection)) == [("ada", 0)]


async def test_a_postponed_dispatch_holds_back_its_own_profile_and_no_other(door: Ingest, pool: Pool) -> None:
    await add_to_cart(door, "ada", 2)
    await add_to_cart(door, "bob", 2)
    due = NOON + timedelta(minutes=1)
    async with pool.acquire() as connection:
        async with connection.transaction():
            ada, bob = await claim(connection, limit=10, now=NOON)
            await settle(connection, [(bob.id, "started")], [(ada.id, due)], NOON)
        await add_to_cart(door, "ada", 3)  # one more comes in behind it
        async with connection.transaction():
            assert told(await take(connection)) == [("bob", 1)]
        async with connection.transaction():
            assert await take(connection, now=due - timedelta(seconds=1)) == []
        for n in range(3):
            async with connection.transaction():
                [claimed] = await take(connection, now=due)
                assert (event_of(claimed).properties["n"], claimed.attempts) == (n, 1 if n == 0 else 0)


async def test_a_settled_dispatch_keeps_when_and_what_became_of_it(door: Ingest, pool: Pool) -> None:
    await add_to_cart(door, "ada", 1)
    async with pool.acquire() as connection, connection.transaction():
        [claimed] = await claim(connection, limit=10, now=NOON)
        await settle(connection, [(claimed.id, "started")], [], NOON + timedelta(seconds=1))
    row = await pool.fetchrow("SELECT delivered_at, result, attempts FROM dispatches")
    assert row is not None
    assert tuple(row) == (NOON + timedelta(seconds=1), "started", 1)


async def test_a_claim_says_that_the_run_has_ended_meanwhile(door: Ingest, pool: Pool) -> None:
    await add_to_cart(door, "ada", 1)
    async with pool.acquire() as connection, connection.transaction():
        await close_run(connection, await connection.fetchval("SELECT id FROM journey_runs"), "exited", "test", NOON)
        [claimed] = await claim(connection, limit=10, now=NOON)
        assert claimed.run_ended
