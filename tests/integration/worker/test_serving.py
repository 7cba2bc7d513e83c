"""A worker's ``/readyz`` says yes only while it does its work, and else what to look at."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from temporalio.client import Client

from cli.stack.ports import free_port
from cli.stack.waiting import until
from fermata.database import Pool
from fermata.errors import ConfigurationError
from fermata.metrics_page import MetricsPage, process_registry
from worker.dispatcher import Dispatcher
from worker.readiness import Readiness
from worker.serving import answering

_LIMIT = timedelta(seconds=10)
PAGE = MetricsPage(process_registry())


@asynccontextmanager
async def looked_at(pool: Pool, client: Client, dispatcher: Dispatcher) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        answering(Readiness(pool, client, dispatcher), PAGE, host="127.0.0.1", port=0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as looking,
    ):
        yield looking


async def missing(looking: httpx.AsyncClient) -> str:
    answer = await looking.get("/readyz")
    if answer.status_code == 200:
        return ""
    assert (answer.status_code, int(answer.headers["Retry-After"])) == (503, 1)
    return str(answer.json()["missing"])


async def test_it_is_ready_once_its_dispatcher_turns_and_not_before(pool: Pool, temporal_address: str) -> None:
    client = await Client.connect(temporal_address)
    dispatcher = Dispatcher(pool, client, queue=uuid4().hex)
    async with looked_at(pool, client, dispatcher) as looking:
        assert (await looking.get("/healthz")).json() == {"status": "ok"}
        assert await missing(looking) == "the dispatcher has not taken a turn yet"
        turning = asyncio.create_task(dispatcher.run())

        async def ready() -> bool:
            return await missing(looking) == ""

        assert await until(ready, limit=_LIMIT)
        await pool.execute("UPDATE alembic_version SET version_num = '0001'")
        assert "it is at 0001: run `fermata migrate`" in await missing(looking)
        await pool.execute("UPDATE alembic_version SET version_num = '9999'")
        assert await ready(), "a later schema is that of the release that is being rolled out"
        turning.cancel()
        await asyncio.gather(turning, return_exceptions=True)


async def test_without_temporal_it_is_healthy_but_not_ready(pool: Pool) -> None:
    client = await Client.connect(f"127.0.0.1:{free_port()}", lazy=True)
    async with looked_at(pool, client, Dispatcher(pool, client)) as looking:
        assert "Temporal does not answer" in await missing(looking)
        assert (await looking.get("/healthz")).status_code == 200


async def test_a_port_that_is_taken_is_named_with_its_settings(pool: Pool, temporal_address: str) -> None:
    client = await Client.connect(temporal_address)
    readiness = Readiness(pool, client, Dispatcher(pool, client))
    async with answering(readiness, PAGE, host="127.0.0.1", port=0) as port:
        with pytest.raises(ConfigurationError, match=f"cannot listen on 127.0.0.1:{port}: .*FERMATA_WORKER_PORT"):
            async with answering(readiness, PAGE, host="127.0.0.1", port=port):
                raise AssertionError("it listens twice")
