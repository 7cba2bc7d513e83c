"""A card waits for the next visit, is pushed to the page that begins it, and the journey hears what is done with it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from api.application import create_app
from cli.stack.http_server import HttpServer
from cli.stack.waiting import until
from fermata.access import first_keys
from tests.acceptance.world import World, all_journeys
from tests.integration.inbox.reader import Said, reading
from tests.people import Enrolled
from worker.dispatcher import Dispatcher

SOON = timedelta(seconds=20)


@pytest.fixture
async def ada(world: World) -> Enrolled:
    """A person with a name, who is on no visit."""
    person = await world.enrol("at_the_shop", consent={"in_app": {"marketing": "granted"}})
    await world.pool.execute(
        "INSERT INTO identities (kind, value, profile_id, first_seen_at) VALUES ('user_id', 'ada', $1, $2)",
        person.profile_id,
        datetime.now(UTC),
    )
    return person


@pytest.fixture
async def api(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """The API with the admin key, and a dispatcher that carries what it leaves to the runs."""
    async with world.pool.acquire() as connection:
        keys = await first_keys(connection)
    headers = {"Authorization": f"Bearer {keys['admin']}", "X-Write-Key": keys["write"]}
    dispatcher = asyncio.create_task(Dispatcher(world.pool, world.skipper.client, queue=world.queue).run())
    app = create_app(pool=world.pool, registry=all_journeys().registry)
    async with HttpServer(app) as server, httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30) as client:
        yield client
    dispatcher.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await dispatcher


async def visit(api: httpx.AsyncClient, *, ago: timedelta = timedelta(0)) -> None:
    """Ada comes by; no other journey begins with that."""
    at = (datetime.now(UTC) - ago).isoformat()
    event = {"userId": "ada", "event": "Came By", "timestamp": at}
    answer = await api.post("/v1/track", json=event, auth=(api.headers["X-Write-Key"], ""))
    assert answer.status_code == 200, answer.text


async def decided(world: World, *decisions: tuple[str, str, str | None]) -> None:
    async def so() -> bool:
        return await world.decisions() == list(decisions)

    assert await until(so, limit=SOON), await world.decisions()


async def test_a_card_that_waits_for_a_visit_is_pushed_to_the_page_that_begins_it(
    world: World, ada: Enrolled, api: httpx.AsyncClient
) -> None:
    run = await world.start(ada)
    await decided(world, ("defer", "no_active_session", "in_app"))
    async with reading(api, ada.profile_id) as page:
        assert await page.next() == Said("inbox", {"items": [], "unread": 0})
        await visit(api)
        card = (await page.until("card")).data
        assert (card["kind"], card["message"]) == ("in_app", "cart_reminder")
        assert card["expires_at"] is not None
        assert await page.next() == Said("badge", {"unread": 1})

        # One a visit: what would come next in this one is a number on the badge only.
        for _ in range(2):
            clicked = await api.post(f"/api/v1/inbox/{card['id']}/clicked")
            assert clicked.json()["clicked_at"] == clicked.json()["read_at"]
        await decided(
            world,
            ("defer", "no_active_session", "in_app"),
            ("send", "eligible", "in_app"),
            ("send", "eligible", "badge"),
        )
        assert await _until_badge(page, 1) == Said("badge", {"unread": 1})
        listed = (await api.get(f"/api/v1/inbox/{ada.profile_id}")).json()
        assert [item["id"] for item in listed["items"]] == [card["id"]]

        # Put away, it ends the journey.
        await api.post(f"/api/v1/inbox/{card['id']}/dismissed")
        assert await page.until("gone") == Said("gone", {"id": card["id"]})
    assert (await world.outcome(run)).state == "exited"
    told = await world.pool.fetch("SELECT name FROM events WHERE name LIKE 'In-App%' ORDER BY occurred_at")
    assert [row["name"] for row in told] == ["In-App Message Clicked", "In-App Message Dismissed"]
    states = await world.pool.fetch("SELECT channel, state FROM reservations ORDER BY reserved_at")
    assert [tuple(row) for row in states] == [("in_app", "delivered"), ("badge", "sent")]


async def _until_badge(page: Any, unread: int) -> Said:
    while (said := await page.until("badge")).data["unread"] != unread:
        pass
    return Said(*said)


async def test_a_card_whose_person_does_not_come_in_time_is_never_shown(
    world: World, ada: Enrolled, api: httpx.AsyncClient
) -> None:
    run = await world.start(ada)
    await decided(world, ("defer", "no_active_session", "in_app"))
    await world.let_pass(run, timedelta(days=3))
    assert [decision[:2] for decision in await world.decisions()] == [
        ("defer", "no_active_session"),
        ("drop", "expired"),
    ]
    await visit(api)
    assert (await api.get(f"/api/v1/inbox/{ada.profile_id}")).json()["items"] == []


async def test_a_visit_that_is_over_by_the_time_we_hear_of_it_shows_nothing(
    world: World, ada: Enrolled, api: httpx.AsyncClient
) -> None:
    await world.start(ada)
    await decided(world, ("defer", "no_active_session", "in_app"))
    await visit(api, ago=timedelta(hours=2))
    await decided(world, *[("defer", "no_active_session", "in_app")] * 2)
    assert (await api.get(f"/api/v1/inbox/{ada.profile_id}")).json()["items"] == []
