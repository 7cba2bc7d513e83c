"""More at once than can be stored: what is taken is stored, the rest is told when to come again, and nobody waits."""

import asyncio
from datetime import timedelta

import httpx

from api.application import create_app
from api.shedding import Room
from cli.stack.http_server import HttpServer
from cli.stack.waiting import until
from fermata.access import first_keys
from fermata.database import Pool
from fermata.journeys import Registry

_AT_ONCE = 160
_MOST = 16
_ROOM = Room(requests=_MOST, size=4 * 1024 * 1024)
_PATIENT = 30  # seconds; both sides of the wire share one event loop here
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

_FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE 'could not extend file "base/5/16384": No space left on device' USING ERRCODE = '53100';
END
$$;
CREATE TRIGGER full_disk BEFORE INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION full_disk();
"""


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def batch(number: int) -> dict[str, object]:
    events = [{"type": "track", "messageId": f"b{number}-{n}", "userId": f"u{n}", "event": "X"} for n in range(20)]
    return {"batch": events}


async def test_ten_times_what_there_is_room_for_is_partly_taken_and_loses_nothing(pool: Pool) -> None:
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
    app = create_app(pool=pool, registry=Registry({}), room=_ROOM)
    # A connection that was idle for long may be closed as it is used again: that is not what is tried here.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with (
        HttpServer(app) as server,
        httpx.AsyncClient(base_url=server.url, auth=(keys["write"], ""), limits=limits, timeout=_PATIENT) as sender,
        httpx.AsyncClient(base_url=server.url, headers=_bearer(keys["admin"]), timeout=_PATIENT) as operator,
        pool.acquire() as holding,
    ):
        most = 0

        async def send(number: int) -> httpx.Response:
            nonlocal most
            if number % 4 == 0:
                answer = await sender.post("/v1/batch", json=batch(number))
            else:
                event = {"messageId": f"m{number}", "userId": f"u{number}", "event": "X"}
                answer = await sender.post("/v1/track", json=event)
            most = max(most, _ROOM.requests)
            return answer

        async with holding.transaction():
            await holding.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")  # nothing is done meanwhile
            crowd = asyncio.gather(*(send(number) for number in range(_AT_ONCE)))
            assert await until(lambda: _ROOM.turned_away == _AT_ONCE - _MOST, limit=timedelta(seconds=_PATIENT))
            for path in ("/readyz", "/api/v1/decisions", "/healthz"):
                assert (await operator.get(path)).status_code == 200
        answers = await crowd
        taken, refused = ([a for a in answers if a.status_code == code] for code in (200, 503))
        assert len(taken) + len(refused) == _AT_ONCE
        assert (len(taken), most) == (_MOST, _MOST)
        assert {int(answer.headers["Retry-After"]) for answer in refused} == {1, 2, 3, 4, 5}, "not all at once again"
        assert refused[0].json()["success"] is False
        stored = sum(answer.json()["accepted"] for answer in taken)
        assert stored == await pool.fetchval("SELECT count(*) FROM events")

        again = [number for number, answer in enumerate(answers) if answer.status_code == 503]

        async def all_taken() -> bool:
            later = await asyncio.gather(*(send(number) for number in again[:30]))
            again[:30] = [number for number, answer in zip(again[:30], later, strict=True) if not answer.is_success]
            return not again

        assert await until(all_taken, limit=timedelta(seconds=20))
        assert await pool.fetchval("SELECT count(*) FROM events") == _AT_ONCE // 4 * 20 + _AT_ONCE // 4 * 3
        assert (_ROOM.requests, _ROOM.size) == (0, 0)


async def test_events_leave_connections_to_those_who_look(pool: Pool) -> None:
    app = create_app(pool=pool, registry=Registry({}))
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
    async with (
        HttpServer(app) as server,
        httpx.AsyncClient(base_url=server.url, auth=(keys["write"], ""), timeout=_PATIENT) as sender,
        httpx.AsyncClient(base_url=server.url, headers=_bearer(keys["admin"]), timeout=_PATIENT) as operator,
        pool.acquire() as holding,
    ):
        async with holding.transaction():
            await holding.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
            waiting = [asyncio.create_task(sender.post("/v1/batch", json=batch(number))) for number in range(40)]

            async def all_turns_wait() -> bool:
                return bool(await pool.fetchval(_WAITING) == pool.get_max_size() * 3 // 4)

            assert await until(all_turns_wait, limit=timedelta(seconds=10))
            assert (await operator.get("/readyz")).status_code == 200
            assert (await operator.get("/api/v1/decisions")).status_code == 200
        assert {(await answer).status_code for answer in waiting} == {200}


async def test_with_no_disk_left_for_events_none_is_lost_that_was_taken_and_the_door_opens_again_by_itself(
    pool: Pool,
) -> None:
    app = create_app(pool=pool, registry=Registry({}))
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
    async with (
        HttpServer(app) as server,
        httpx.AsyncClient(base_url=server.url, auth=(keys["write"], ""), timeout=_PATIENT) as sender,
    ):
        assert (await sender.post("/v1/batch", json=batch(1))).status_code == 200
        await pool.execute(_FULL)
        singles = [{"messageId": f"m{number}", "userId": "ada", "event": "X"} for number in range(5)]
        refused = await asyncio.gather(
            sender.post("/v1/batch", json=batch(2)), *(sender.post("/v1/track", json=each) for each in singles)
        )
        for answer in refused:
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) >= 1
            assert answer.json()["success"] is False
        assert await pool.fetchval("SELECT count(*) FROM events") == 20
        await pool.execute("DROP TRIGGER full_disk ON events")
        answers = [await sender.post("/v1/batch", json=batch(2))]
        answers += [await sender.post("/v1/track", json=each) for each in singles]
        assert [answer.json()["accepted"] for answer in answers] == [20, 1, 1, 1, 1, 1]
