"""Segment's and RudderStack's own Python SDKs, unchanged but for the host, against the real API."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from cli.stack.postgres import Postgres
from fermata.database import Pool, open_pool
from tests.integration.api.served import Served, serving
from tests.integration.sdks.messages import Message, made, rudder_sdk, segment_sdk, send
from tests.integration.sdks.remembered import remembered

Sdk = Callable[[Served, list[Exception]], AbstractContextManager[Any]]
NUMBER = 5_000
REASONS = {"already_enrolled", "reentry_blocked", "goal_met", "event_too_late"}


@pytest.fixture
async def other_pool(postgres: Postgres, template_database: str) -> AsyncIterator[Pool]:
    """A second database, as empty as the first."""
    name = "the_other_of_two"
    async with open_pool(await postgres.create_database(name, template=template_database)) as pool:
        yield pool
    await postgres.drop_database(name)


async def sent(sdk: Sdk, served: Served, messages: list[Message]) -> None:
    """Sends them and waits until the SDK says that all has gone, without an error."""
    errors: list[Exception] = []

    def run() -> None:
        with sdk(served, errors) as client:
            send(client, messages)

    await asyncio.to_thread(run)
    assert errors == []


@pytest.mark.parametrize("sdk", [segment_sdk, rudder_sdk])
async def test_every_call_of_an_sdk_is_understood(pool: Pool, sdk: Sdk) -> None:
    messages = made(200, seed=1)
    async with serving(pool) as served:
        await sent(sdk, served, messages)
    stored = await remembered(pool)
    assert set(stored.events) == {message.id for message in messages}
    assert {kind for kind, *_ in stored.events.values()} == {"track", "identify", "page", "screen", "group", "alias"}
    assert await pool.fetchval("SELECT count(*) FROM rejected_events") == 0
    for message in messages:  # the SDK's clock is ours, so nothing is to be corrected but the way
        off = abs(stored.occurred_at[message.id] - message.arguments["timestamp"])
        assert off < timedelta(seconds=10), message


@pytest.mark.parametrize("sdk", [segment_sdk, rudder_sdk])
async def test_an_sdk_is_told_of_a_refusal_and_does_not_try_again(pool: Pool, sdk: Sdk) -> None:
    errors: list[Exception] = []
    async with serving(pool) as served:
        stranger = Served(served.url, "fk_write_unknown", "")

        def run() -> None:
            with sdk(stranger, errors) as client:
                send(client, made(3, seed=1))

        await asyncio.to_thread(run)
    [error] = errors
    assert "this key is not known here" in str(error)
    assert "401" in str(error)


async def test_five_thousand_events_twice_shuffled_and_by_two_sdks_leave_what_they_leave_once_and_in_order(
    pool: Pool, other_pool: Pool
) -> None:
    messages = made(NUMBER, seed=5)
    random = Random(6)  # noqa: S311 - the same disorder every time
    disorder = messages + random.sample(messages, k=NUMBER // 10)
    random.shuffle(disorder)
    half = len(disorder) // 2
    async with serving(pool) as in_order, serving(other_pool) as shuffled:
        await sent(segment_sdk, in_order, messages)
        await asyncio.gather(sent(segment_sdk, shuffled, disorder[:half]), sent(rudder_sdk, shuffled, disorder[half:]))
    one, other = await remembered(pool), await remembered(other_pool)
    assert len(one.events) == NUMBER
    assert other.events == one.events
    assert other.identities == one.identities
    assert other.facts == one.facts
    # Enrolment depends on the order of arrival, rightly: a run cannot wait for what it does not know of yet.
    for stored in (one, other):
        assert all(set(routing.values()) <= REASONS | {"started"} for routing in stored.routings.values())
        assert all(routing.keys() == {"cart"} for routing in stored.routings.values())
        starting = {message_id for message_id, routing in stored.routings.items() if "started" in routing.values()}
        assert {stored.events[message_id][-1] for message_id in starting} == stored.enrolled
    assert one.routings != other.routings  # or there would be nothing to explain
    for message_id, routing in one.routings.items():
        if routing != other.routings[message_id]:
            assert {*routing.values(), *other.routings[message_id].values()} & REASONS
