"""Double opt-in from end to end: form, mail, link, and only then consent; a week in a moment, on real servers."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from temporalio.client import WorkflowHandle

from api.application import create_app
from cli.stack.http_server import HttpServer
from fermata.access import first_keys
from tests.acceptance.world import LINKS, World, all_journeys
from worker.dispatcher import Dispatcher

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LINK = re.compile(r"http://127\.0\.0\.1:8000(/confirm/\S+)")


@asynccontextmanager
async def served(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """The API beside the world, as a sender of events and a person's browser see it."""
    async with world.pool.acquire() as connection:
        keys = await first_keys(connection)
    app = create_app(pool=world.pool, registry=all_journeys().registry, links=LINKS)
    async with HttpServer(app) as server, httpx.AsyncClient(base_url=server.url, auth=(keys["write"], "")) as client:
        yield client


async def asked(world: World, client: httpx.AsyncClient, **properties: str) -> WorkflowHandle[Any, Any]:
    """Somebody fills in a form; the run that this starts."""
    await client.post("/v1/identify", json={"userId": "ada", "traits": {"email": "ada@example.com"}})
    form = {"userId": "ada", "event": "Subscription Requested", "properties": properties}
    assert (await client.post("/v1/track", json=form)).status_code == 200
    with world.skipper.with_time_skipping_disabled():
        await delivered(world)
    workflow_id = await world.pool.fetchval("SELECT workflow_id FROM journey_runs")
    handle = world.skipper.client.get_workflow_handle(workflow_id)
    world.started.append(handle)
    return handle


async def delivered(world: World) -> None:
    """What waits for the dispatcher goes to its runs."""
    await Dispatcher(world.pool, world.skipper.client, queue=world.queue).deliver_due(datetime.now(UTC))


def link(world: World, place: int) -> str:
    """The link in the text of a mail."""
    body = world.smtp.messages[place].message.get_body(("plain",))
    assert body is not None
    found = LINK.search(body.get_content())
    assert found is not None
    return found[1]


async def marketing(world: World) -> Any:
    return await world.pool.fetchval("SELECT consent #>> '{email,marketing}' FROM profiles")


async def test_whoever_says_yes_is_subscribed_from_then_on_and_asked_no_more(world: World) -> None:
    async with served(world) as client:
        run = await asked(world, client, topic="news")
        await world.let_pass(run, HOUR)
        assert len(world.smtp.messages) == 1
        assert await marketing(world) is None, "asking is not agreeing"
        url = link(world, 0)
        await client.get(url)
        assert await marketing(world) is None, "a look is not a yes"
        assert (await client.post(url)).status_code == 200
    assert await marketing(world) == "granted"
    assert await world.pool.fetchval("SELECT topics FROM profiles") == {"news": True}
    await delivered(world)
    outcome = await world.outcome(run)
    assert (outcome.state, outcome.reason) == ("converted", "Subscription Confirmed")
    assert len(world.smtp.messages) == 1


async def test_whoever_says_nothing_is_reminded_once_and_after_a_week_it_is_over(world: World) -> None:
    async with served(world) as client:
        run = await asked(world, client)
        await world.let_pass(run, 3 * DAY)
        assert len(world.smtp.messages) == 2
        assert link(world, 0) != link(world, 1), "each tells by which mail it was confirmed"
        await world.let_pass(run, 4 * DAY)
    assert (await world.outcome(run)).state in ("timed_out", "completed")
    assert len(world.smtp.messages) == 2
    assert await marketing(world) is None


async def test_the_reminder_can_be_confirmed_as_well(world: World) -> None:
    async with served(world) as client:
        run = await asked(world, client)
        await world.let_pass(run, 3 * DAY)
        assert (await client.post(link(world, 1))).status_code == 200
    await delivered(world)
    assert (await world.outcome(run)).state == "converted"
    assert await marketing(world) == "granted"


@pytest.mark.parametrize("properties", [{"channel": "fax"}, {"topic": "Hot Deals!"}])
async def test_what_cannot_be_subscribed_to_asks_nobody_to_confirm_something_else(
    world: World, properties: dict[str, str]
) -> None:
    async with served(world) as client:
        run = await asked(world, client, **properties)
        await world.let_pass(run, HOUR)
    assert not world.smtp.messages
    assert await world.pool.fetchval("SELECT reason FROM reservations") == "render_failed"
