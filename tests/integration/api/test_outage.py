"""Postgres away: the door says so, asks to come back, and takes events again by itself when Postgres is back."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from cli.stack.postgres import Postgres
from cli.stack.waiting import until
from fermata.database import open_pool
from fermata.database.migrate import migrate
from tests.integration.api.served import Served, serving

_LIMIT = timedelta(seconds=30)


@pytest.fixture
async def own_postgres() -> AsyncIterator[Postgres]:
    """A Postgres that this test may stop."""
    async with Postgres(durable=True) as server:  # one is killed: what was committed must outlive it
        yield server


@pytest.fixture
async def served(own_postgres: Postgres) -> AsyncIterator[Served]:
    """The API on that Postgres."""
    url = await own_postgres.create_database("outage")
    await migrate(url)
    async with open_pool(url, most=4) as pool, serving(pool) as running:
        yield running


def track(message_id: str) -> dict[str, str]:
    return {"messageId": message_id, "userId": "ada", "event": "Product Viewed"}


async def test_the_door_answers_503_while_postgres_is_stopped_and_works_again_after(
    own_postgres: Postgres, served: Served
) -> None:
    async with served.sender() as sender, served.operator() as operator:
        assert (await sender.post("/v1/track", json=track("before"))).status_code == 200
        await own_postgres.stop()
        for path, body in (("/v1/track", track("during")), ("/v1/batch", {"batch": []}), ("/v1/track", {"event": 7})):
            answer = await sender.post(path, json=body)
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) >= 1
            assert answer.json()["success"] is False
        inbox = await operator.get("/api/v1/inbox/00000000-0000-0000-0000-000000000001")
        assert inbox.status_code == 503
        assert inbox.headers["Content-Type"] == "application/problem+json"
        assert (await operator.get("/healthz")).status_code == 200
        assert (await operator.get("/readyz")).json()["missing"] == "Postgres does not answer"
        await own_postgres.start()

        async def ready() -> bool:
            return (await operator.get("/readyz")).status_code == 200

        assert await until(ready, limit=_LIMIT)
        again = await sender.post("/v1/track", json=track("during"))
        assert (again.status_code, again.json()["accepted"]) == (200, 1)


async def test_a_key_that_nobody_asked_for_yet_is_no_reason_for_a_401_during_an_outage(
    own_postgres: Postgres, served: Served
) -> None:
    await own_postgres.stop()
    async with served.sender() as sender, served.operator() as operator:
        assert (await sender.post("/v1/track", json=track("m1"))).status_code == 503
        assert (await operator.get("/api/v1/inbox/00000000-0000-0000-0000-000000000001")).status_code == 503


async def test_a_sender_that_tries_again_loses_nothing_and_doubles_nothing_when_postgres_is_killed(
    own_postgres: Postgres, served: Served
) -> None:
    async with served.sender() as sender:

        async def send(number: int) -> None:
            async def taken() -> bool:
                answer = await sender.post("/v1/track", json=track(f"m{number}"))
                assert answer.status_code in {200, 503}
                return answer.status_code == 200

            assert await until(taken, limit=_LIMIT)

        async def kill() -> None:
            await own_postgres.kill()
            await own_postgres.start()

        await asyncio.gather(*(send(number) for number in range(60)), kill())
    async with open_pool(own_postgres.dsn_of("outage")) as pool:
        assert await pool.fetchval("SELECT count(*) FROM events") == 60
