"""A road to Postgres that falls silent, as one through a firewall that forgets it: nobody is told that it is dead."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from cli.stack.postgres import Postgres
from cli.stack.waiting import until
from fermata.channels.inbox_notices import CHANNEL, InboxNotices
from fermata.database import Pool, new_id, open_pool
from tests.faults.tcp_proxy import TcpProxy

_LIMIT = timedelta(milliseconds=300)


@pytest.fixture
async def road(postgres: Postgres) -> AsyncIterator[TcpProxy]:
    """Leads to Postgres."""
    async with TcpProxy(lambda: postgres.port) as proxy:
        yield proxy


@pytest.fixture
async def pool(postgres: Postgres, road: TcpProxy) -> AsyncIterator[Pool]:
    """Connections by that road."""
    dsn = urlsplit(postgres.dsn)
    by_road = dsn._replace(netloc=dsn.netloc.replace(str(postgres.port), str(road.port))).geturl()
    async with open_pool(by_road, most=3, statement_limit=_LIMIT) as opened:
        yield opened


async def test_connections_that_fell_silent_are_given_up_and_the_next_statement_takes_a_new_one(
    road: TcpProxy, pool: Pool
) -> None:
    async def in_a_transaction() -> None:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT pg_sleep(0.01)")

    await asyncio.gather(*(in_a_transaction() for _ in range(3)))
    road.forget()
    async with asyncio.timeout(5):
        for failed in await asyncio.gather(*(in_a_transaction() for _ in range(3)), return_exceptions=True):
            assert isinstance(failed, Exception)
        await asyncio.gather(*(in_a_transaction() for _ in range(3)))


async def test_what_is_given_up_while_it_is_asked_does_not_hold_up_whoever_gave_it_up(
    road: TcpProxy, pool: Pool
) -> None:
    await pool.execute("SELECT")
    road.forget()
    async with asyncio.timeout(5):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await pool.execute("SELECT")
        await pool.execute("SELECT")


async def test_postgres_lets_go_within_a_minute_of_what_somebody_held_who_is_gone(pool: Pool) -> None:
    names = ("idle_in_transaction_session_timeout", "tcp_keepalives_idle", "tcp_user_timeout")
    assert [await pool.fetchval(f"SHOW {name}") for name in names] == ["1min", "30", "60000"]


async def test_open_inboxes_hear_again_after_their_connection_fell_silent(road: TcpProxy, pool: Pool) -> None:
    notices, ada = InboxNotices(pool, beat=timedelta(milliseconds=100)), new_id()
    with notices.watch(ada) as watch:
        async with asyncio.timeout(5):
            await watch.changed.wait()  # it listens
        watch.changed.clear()
        road.forget()
        async with asyncio.timeout(5):
            await watch.changed.wait()  # it listens again
        watch.changed.clear()

        async def heard() -> bool:
            await pool.execute("SELECT pg_notify($1, $2)", CHANNEL, str(ada))
            return watch.changed.is_set()

        assert await until(heard, limit=timedelta(seconds=5))
    notices.close()
