"""An inbox as server-sent events over real HTTP: what comes, what goes, and nothing is lost between two streams."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from cli.stack.waiting import until
from fermata.channels.inbox_notices import InboxNotices
from fermata.database import Pool, Queries, new_id, open_pool
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import Registry
from fermata.vocabulary import Channel
from tests.integration.inbox.cards import put, somebody
from tests.integration.inbox.reader import Said, reading


async def test_a_stream_begins_with_the_whole_inbox_and_tells_each_card_that_comes(
    pool: Pool, client: httpx.AsyncClient, ada: UUID
) -> None:
    first = await put(pool, ada)
    async with reading(client, ada) as reader:
        whole = await reader.next()
        assert whole.name == "inbox"
        assert [item["id"] for item in whole.data["items"]] == [first]
        assert whole.data["unread"] == 1
        second = await put(pool, ada, Channel.INBOX)
        card = await reader.next(within=timedelta(seconds=2))
        assert (card.name, card.data["id"], card.data["title"]) == ("card", second, "Still here")
        assert await reader.next() == Said("badge", {"unread": 2})
        await put(pool, ada, Channel.BADGE)
        assert await reader.next() == Said("badge", {"unread": 3})


async def test_what_is_counted_is_what_is_shown_though_a_card_comes_while_it_is_read(
    client: httpx.AsyncClient, database_url: str, ada: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def put_one() -> None:
        async with open_pool(database_url, most=1) as another:
            await put(another, ada)

    class Meanwhile(dict[str, str]):
        def __getitem__(self, name: str) -> str:
            if name == "visible_cards":  # a card comes after what has been counted, and before what is shown is read
                with ThreadPoolExecutor(1) as thread:
                    thread.submit(asyncio.run, put_one()).result()
            return queries[name]

    queries = Queries("fermata.channels")
    monkeypatch.setattr("fermata.channels.inbox_stream._QUERIES", Meanwhile())
    async with reading(client, ada) as reader:
        whole = (await reader.next()).data
        assert whole["unread"] == len(whole["items"])


async def test_a_card_that_is_read_or_dismissed_elsewhere_changes_on_every_open_page(
    pool: Pool, client: httpx.AsyncClient, ada: UUID
) -> None:
    card = await put(pool, ada)
    async with reading(client, ada) as page, reading(client, ada) as phone:
        for reader in (page, phone):
            assert (await reader.next()).name == "inbox"
        await client.post(f"/api/v1/inbox/{card}/read")
        for reader in (page, phone):
            assert (await reader.next()).data["read_at"] is not None
            assert await reader.next() == Said("badge", {"unread": 0})
        await client.post(f"/api/v1/inbox/{card}/dismissed")
        for reader in (page, phone):
            assert await reader.next() == Said("gone", {"id": card})
            assert await reader.next() == Said("badge", {"unread": 0})


async def test_a_card_that_expires_goes_away_by_itself(pool: Pool, client: httpx.AsyncClient, ada: UUID) -> None:
    card = await put(pool, ada, expires_at=datetime.now(UTC) + timedelta(seconds=1.5))
    async with reading(client, ada) as reader:
        assert (await reader.next()).data["unread"] == 1
        assert await reader.next() == Said("gone", {"id": card})
        assert await reader.next() == Said("badge", {"unread": 0})
    assert (await client.get(f"/api/v1/inbox/{ada}")).json()["items"] == []


async def test_who_comes_again_hears_all_that_happened_in_between_and_nothing_else(
    pool: Pool, client: httpx.AsyncClient, ada: UUID
) -> None:
    kept, dismissed = await put(pool, ada), await put(pool, ada)
    expiring = await put(pool, ada, expires_at=datetime.now(UTC) + timedelta(seconds=1))
    async with reading(client, ada) as reader:
        await reader.next()
        last_id = reader.last_id
    await client.post(f"/api/v1/inbox/{dismissed}/dismissed")
    new = await put(pool, ada)
    assert await until(lambda: _is_past(expiring, pool), limit=timedelta(seconds=5))
    async with reading(client, ada, last_id=last_id) as reader:
        said = [await reader.next() for _ in range(4)]
        assert sorted(each.data["id"] for each in said[:2]) == sorted([dismissed, expiring])
        assert {each.name for each in said[:2]} == {"gone"}
        assert (said[2].name, said[2].data["id"]) == ("card", new)
        assert said[3] == Said("badge", {"unread": 2})
        with pytest.raises(TimeoutError):
            await reader.next(within=timedelta(seconds=0.3))
    assert kept


async def _is_past(card: str, pool: Pool) -> bool:
    return bool(await pool.fetchval("SELECT expires_at < now() FROM inbox_items WHERE id = $1", UUID(card)))


async def test_a_card_whose_transaction_was_still_open_when_the_stream_ended_is_not_lost(
    pool: Pool, client: httpx.AsyncClient, ada: UUID
) -> None:
    # Cards do not become visible in the order of their instants, nor of their ids: the slow one is the older.
    slow = new_id()
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(
            "INSERT INTO inbox_items (id, profile_id, kind, message, title, body, created_at, changed_in)"
            " VALUES ($1, $2, 'inbox', 'slow', '', '', $3, pg_current_xact_id()::text::bigint)",
            slow,
            ada,
            datetime.now(UTC) - timedelta(hours=1),
        )
        quick = await put(pool, ada)
        async with reading(client, ada) as reader:
            assert [item["id"] for item in (await reader.next()).data["items"]] == [quick]
            last_id = reader.last_id
        await transaction.commit()
    async with reading(client, ada, last_id=last_id) as reader:
        told = {(await reader.next()).data.get("id")}
        told.add((await reader.next()).data.get("id"))
        assert str(slow) in told


@pytest.mark.parametrize(
    "last_id", ["", "nonsense", "1.2.3", f"{UUID(int=7)}.99999.5", f"{UUID(int=7)}.1.99999999999999999999"]
)
async def test_who_comes_with_a_place_that_is_none_of_this_inbox_gets_all_of_it(
    pool: Pool, client: httpx.AsyncClient, ada: UUID, last_id: str
) -> None:
    await put(pool, ada)
    async with reading(client, ada, last_id=last_id) as reader:
        whole = await reader.next()
        assert (whole.name, whole.data["unread"]) == ("inbox", 1)


async def test_a_place_of_another_database_gets_all_of_the_inbox(
    pool: Pool, client: httpx.AsyncClient, ada: UUID
) -> None:
    async with reading(client, ada, last_id=f"{ada}.{2**62}.1") as reader:
        assert (await reader.next()).name == "inbox"


async def test_the_stream_of_a_visitor_who_signs_in_goes_on_for_the_person(
    pool: Pool, client: httpx.AsyncClient, ada: UUID
) -> None:
    now = datetime.now(UTC)
    door = Ingest(pool, Registry({}))
    await door.accept([parse({"type": "track", "event": "X", "anonymousId": "a1"}, received_at=now)], (), now)
    visitor: UUID = await pool.fetchval("SELECT profile_id FROM identities WHERE value = 'a1'")
    hers, theirs = await put(pool, ada), await put(pool, visitor)
    async with reading(client, visitor) as reader:
        assert [item["id"] for item in (await reader.next()).data["items"]] == [theirs]
        both = {"type": "track", "event": "Signed In", "userId": "ada", "anonymousId": "a1"}
        await door.accept([parse(both, received_at=now)], (), now)
        whole = await reader.until("inbox")
        assert {item["id"] for item in whole.data["items"]} == {hers, theirs}
        later = await put(pool, ada)
        assert (await reader.until("card")).data["id"] == later
    async with reading(client, visitor) as reader:  # and the old id leads there for ever
        assert (await reader.next()).data["unread"] == 3


async def test_no_more_streams_are_open_than_there_is_room_for_and_one_that_closes_makes_room(
    pool: Pool, client: httpx.AsyncClient, ada: UUID, notices: InboxNotices
) -> None:
    async with reading(client, ada), reading(client, ada):
        async with reading(client, ada):
            refused = await client.get(f"/api/v1/inbox/{ada}/stream")
            assert (refused.status_code, notices.open) == (503, 3)
            assert refused.headers["Retry-After"]
        assert await until(lambda: notices.open == 2, limit=timedelta(seconds=5))
        async with reading(client, ada) as reader:
            assert (await reader.next()).name == "inbox"
    assert await until(lambda: notices.open == 0, limit=timedelta(seconds=5))
    everybody = [await somebody(pool, f"person {number}") for number in range(6)]
    async with AsyncExitStack() as streams:
        for person in everybody[:5]:
            await streams.enter_async_context(reading(client, person))
        assert (await client.get(f"/api/v1/inbox/{everybody[5]}/stream")).status_code == 503


async def test_one_connection_listens_for_all_streams_and_none_when_nobody_reads(
    pool: Pool, client: httpx.AsyncClient, ada: UUID, notices: InboxNotices
) -> None:
    bob = await somebody(pool, "bob")
    async with reading(client, ada) as one, reading(client, bob) as other:
        await one.next()
        await other.next()
        assert await until(lambda: pool.get_size() - pool.get_idle_size() == 1, limit=timedelta(seconds=5))
    assert await until(lambda: notices.open == 0, limit=timedelta(seconds=5))
    assert await until(lambda: pool.get_size() == pool.get_idle_size(), limit=timedelta(seconds=5))


async def test_a_listener_that_is_cut_off_listens_again_and_nothing_is_missed(
    pool: Pool, client: httpx.AsyncClient, ada: UUID
) -> None:
    async with reading(client, ada) as reader:
        await reader.next()
        await pool.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        card = await put(pool, ada)
        assert (await reader.until("card")).data["id"] == card


async def test_a_reader_who_does_not_read_is_cut_off(
    pool: Pool, client: httpx.AsyncClient, ada: UUID, notices: InboxNotices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.inbox_stream.LONGEST_SEND", 0.5)
    host, port = client.base_url.host, client.base_url.port
    authorization = client.headers["Authorization"]
    _, writer = await asyncio.open_connection(host, port, limit=1024)
    transport = writer.transport
    assert isinstance(transport, asyncio.ReadTransport)
    request = f"GET /api/v1/inbox/{ada}/stream HTTP/1.1\r\nHost: {host}\r\nAuthorization: {authorization}\r\n\r\n"
    writer.write(request.encode())
    transport.pause_reading()
    assert await until(lambda: notices.open == 1, limit=timedelta(seconds=5))
    words = {"title": "long", "body": "x" * 200_000, "url": None}
    cut_off = False
    for _ in range(100):  # until what the kernel holds for the reader is full
        await pool.execute(
            "WITH card AS (INSERT INTO inbox_items (id, profile_id, kind, message, title, body, created_at, changed_in)"
            " VALUES ($1, $2, 'inbox', 'm', $3, $4, now(), pg_current_xact_id()::text::bigint) RETURNING profile_id)"
            " SELECT pg_notify('fermata_inbox', profile_id::text) FROM card",
            new_id(),
            ada,
            words["title"],
            words["body"],
        )
        cut_off = await until(lambda: notices.open == 0, limit=timedelta(seconds=0.1))
        if cut_off:
            break
    assert cut_off or await until(lambda: notices.open == 0, limit=timedelta(seconds=5))
    writer.close()


async def test_a_stream_on_which_nothing_happens_shows_signs_of_life(
    client: httpx.AsyncClient, ada: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.inbox_stream.HEARTBEAT", 0.1)
    async with reading(client, ada) as reader:
        await reader.next()
        before = reader.heartbeats
        with pytest.raises(TimeoutError):
            await reader.next(within=timedelta(seconds=1))
        assert reader.heartbeats >= before + 3


async def test_all_streams_end_at_once_when_the_process_does(
    client: httpx.AsyncClient, ada: UUID, notices: InboxNotices
) -> None:
    async with reading(client, ada) as reader:
        await reader.next()
        notices.close()
        with pytest.raises(StopAsyncIteration):
            await reader.next()
