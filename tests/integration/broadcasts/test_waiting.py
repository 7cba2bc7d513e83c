"""Those who have yet to enter, in Postgres: chosen once, entered once, through merges and two who do it at once."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from fermata.broadcasts import Broadcast, BroadcastState, Change, find_broadcast
from fermata.broadcasts.choosing import choose_page
from fermata.broadcasts.store import open_broadcast, stand
from fermata.broadcasts.waiting import START, due_page, give_up, next_due
from fermata.database import Pool, Queries
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.ingest.announcing import Announcement, announce
from fermata.journeys import Always, JourneyDefinition, Registry, Trigger
from fermata.profiles import IdentityKind
from fermata.segments import recency_quintile
from tests.acceptance.announced import PROS, write_people

SALE = Broadcast(name="sale", journey="sale", segment=PROS)
REGISTRY = Registry({"sale": JourneyDefinition(trigger=Trigger("Sale Announced"), reentry=Always())})
UTC_ALONE = ("Etc/UTC",)


@pytest.fixture
async def broadcast_id(pool: Pool) -> UUID:
    return await begin(pool, SALE)


@pytest.fixture
def door(pool: Pool) -> Ingest:
    return Ingest(pool, REGISTRY)


async def begin(pool: Pool, broadcast: Broadcast) -> UUID:
    made, now = uuid4(), datetime.now(UTC)
    first = Change(at=now, state=BroadcastState.SCHEDULED, by="grace", why="")
    await open_broadcast(pool, made, broadcast, workflow_id="broadcast/sale", starts_at=now, first=first)
    return made


async def choose(pool: Pool, broadcast_id: UUID, *, limit: int = 5000) -> None:
    while await choose_page(pool, broadcast_id, UTC_ALONE, datetime.now(UTC), limit=limit):
        pass


async def enter(pool: Pool, door: Ingest, broadcast_id: UUID, broadcast: Broadcast = SALE) -> None:
    now = datetime.now(UTC)
    due = await due_page(pool, broadcast_id, START, now, 1000)
    told = Announcement(broadcast_id, broadcast, "Sale Announced", {})
    await announce(pool, door, told, [each.profile_id for each in due], now)


async def merge(pool: Pool, door: Ingest, user: UUID, visitor: UUID) -> None:
    await pool.execute("UPDATE identities SET kind = 'anonymous_id' WHERE profile_id = $1", visitor)
    names = {"userId": f"user-{user}", "anonymousId": f"user-{visitor}"}
    now = datetime.now(UTC)
    await door.accept([parse({"type": "identify", **names}, received_at=now)], (), now)
    assert await pool.fetchval("SELECT survivor_id FROM profile_merges WHERE loser_id = $1", visitor) == user


async def told(pool: Pool) -> list[UUID]:
    return [
        row["profile_id"] for row in await pool.fetch("SELECT profile_id FROM events WHERE name = 'Sale Announced'")
    ]


async def test_a_page_that_is_gone_through_twice_at_once_is_written_down_once(pool: Pool, broadcast_id: UUID) -> None:
    await write_people(pool, 100)
    await asyncio.gather(*(choose(pool, broadcast_id, limit=7) for _ in range(4)))
    record = await find_broadcast(pool, broadcast_id)
    assert (record.progress.people, record.progress.left, record.progress.gone) == (100, 100, 0)
    assert record.chosen_at is not None


async def test_two_who_let_the_same_people_enter_at_once_tell_each_of_them_once(
    pool: Pool, door: Ingest, broadcast_id: UUID
) -> None:
    people = await write_people(pool, 50)
    await choose(pool, broadcast_id)
    await asyncio.gather(*(enter(pool, door, broadcast_id) for _ in range(3)))
    assert sorted(await told(pool)) == sorted(people)
    record = await find_broadcast(pool, broadcast_id)
    assert (record.progress.entered, record.progress.left) == (50, 0)


async def test_whoever_is_known_by_one_name_of_any_kind_alone_is_told(
    pool: Pool, door: Ingest, broadcast_id: UUID
) -> None:
    people = await write_people(pool, len(IdentityKind))
    for person, kind in zip(people, IdentityKind, strict=True):
        await pool.execute("UPDATE identities SET kind = $2 WHERE profile_id = $1", person, kind)
    await choose(pool, broadcast_id)
    await enter(pool, door, broadcast_id)
    assert sorted(await told(pool)) == sorted(people)


async def test_two_who_become_one_person_before_it_hear_of_it_once(
    pool: Pool, door: Ingest, broadcast_id: UUID
) -> None:
    user, visitor = await write_people(pool, 2)
    await choose(pool, broadcast_id)
    await merge(pool, door, user, visitor)
    await enter(pool, door, broadcast_id)
    assert await told(pool) == [user]
    progress = (await find_broadcast(pool, broadcast_id)).progress
    assert (progress.people, progress.entered, progress.left, progress.gone) == (2, 1, 0, 1)


@pytest.mark.parametrize("first", ["the one who remains", "the one who is merged away"])
async def test_whoever_has_heard_of_it_does_not_hear_again_as_part_of_somebody_else(
    pool: Pool, door: Ingest, broadcast_id: UUID, first: str
) -> None:
    user, visitor = await write_people(pool, 2)
    await choose(pool, broadcast_id)
    heard = user if first == "the one who remains" else visitor
    await announce(pool, door, Announcement(broadcast_id, SALE, "Sale Announced", {}), [heard], datetime.now(UTC))
    await merge(pool, door, user, visitor)
    await enter(pool, door, broadcast_id)
    assert await told(pool) == [user]
    assert (await find_broadcast(pool, broadcast_id)).progress.left == 0


async def test_whoever_is_merged_with_somebody_held_out_is_held_out_too(pool: Pool, door: Ingest) -> None:
    half = SALE.model_copy(update={"holdout": 0.5})
    broadcast_id = await begin(pool, half)
    people = await write_people(pool, 40)
    await choose(pool, broadcast_id)
    rows = await pool.fetch("SELECT profile_id, held_out FROM holdouts WHERE scope = 'broadcast:sale'")
    out = {row["profile_id"] for row in rows if row["held_out"]}
    assert (len(rows), 5 < len(out) < 35) == (40, True)
    user, visitor = next(each for each in people if each not in out), next(iter(out))
    await merge(pool, door, user, visitor)
    await enter(pool, door, broadcast_id, half)
    assert user not in await told(pool)
    progress = (await find_broadcast(pool, broadcast_id)).progress
    assert (progress.entered, progress.held_out, progress.left) == (40 - len(out) - 1, len(out) + 1, 0)


async def test_places_among_all_customers_are_looked_at_before_anybody_is_chosen(pool: Pool) -> None:
    best = SALE.model_copy(update={"segment": recency_quintile() >= 4})
    broadcast_id = await begin(pool, best)
    await write_people(pool, 10)
    await pool.execute(
        "INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, properties)"
        " SELECT id, id::text, 'track', 'Order Completed', id, now() - row_number() OVER () * interval '1 day', now(),"
        ' \'{"order_id": "1", "revenue": 10, "currency": "EUR"}\' FROM profiles'
    )
    await choose(pool, broadcast_id)
    assert (await find_broadcast(pool, broadcast_id)).progress.people == 4


async def test_another_share_leaves_the_same_people_out_who_were_drawn_before(pool: Pool) -> None:
    await write_people(pool, 60)
    first = await begin(pool, SALE.model_copy(update={"holdout": 0.5}))
    await choose(pool, first)
    again = await begin(pool, SALE.model_copy(update={"holdout": 0.01}))
    await choose(pool, again)
    shares = [(await find_broadcast(pool, each)).progress.held_out for each in (first, again)]
    assert shares[0] == shares[1] > 10


async def test_one_that_ends_leaves_nobody_waiting_and_says_how_many_did_not_enter(
    pool: Pool, broadcast_id: UUID
) -> None:
    await write_people(pool, 30)
    await choose(pool, broadcast_id)
    while await give_up(pool, broadcast_id):
        pass
    over = Change(at=datetime.now(UTC), state=BroadcastState.CANCELLED, by="grace", why="a wrong price")
    for _ in range(2):  # the word is said again where the first answer is lost
        await stand(pool, broadcast_id, over)
    record = await find_broadcast(pool, broadcast_id)
    assert (record.progress.left, record.progress.refused) == (0, {"cancelled": 30})
    assert [each.state for each in record.changes] == ["scheduled", "cancelled"]
    assert await choose_page(pool, broadcast_id, UTC_ALONE, datetime.now(UTC)) is False  # nobody is chosen any more


async def test_what_is_read_for_a_page_is_read_by_an_index_however_many_wait(pool: Pool, broadcast_id: UUID) -> None:
    other = await begin(pool, SALE)
    await write_people(pool, 20_000)
    for each in (broadcast_id, other):
        await pool.execute("INSERT INTO broadcast_waiting SELECT id, $1, now() FROM profiles", each)
    await pool.execute("VACUUM ANALYZE broadcast_waiting")
    user, visitor = [row["id"] for row in await pool.fetch("SELECT id FROM profiles LIMIT 2")]
    now = datetime.now(UTC)
    assert await read_pages(pool, "due", broadcast_id, *START, now, 100) < 150  # a page a row, where none was vacuumed
    assert await read_pages(pool, "next_due", broadcast_id, *START) < 20
    assert await read_pages(pool, "forget_entered", user, visitor) < 50
    assert await read_pages(pool, "follow_merge", user, visitor) < 100
    assert await next_due(pool, broadcast_id, START) is not None


async def read_pages(pool: Pool, name: str, *given: Any) -> int:
    """How many pages a statement reads; what it writes is not kept."""
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        statement = Queries("fermata.broadcasts", "waiting.sql")[name]
        plan = json.loads(await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *given))
        await transaction.rollback()
    return int(plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"])
