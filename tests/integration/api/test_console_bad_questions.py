"""What no page can answer, it says: no goal, nobody held out, nothing or one event, dates the wrong way round."""

from collections.abc import AsyncIterator

import httpx
import pytest

from api.application import create_app
from cli.stack.http_server import HttpServer
from fermata.access import Scope, create_key, first_keys
from fermata.database import Pool
from workflows.discovery import discover


@pytest.fixture
async def visitor(pool: Pool, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is logged in to a console that knows the journeys that ship, and nobody yet."""
    journeys = discover(("workflows",))
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
    app = create_app(pool=pool, registry=journeys.registry, discovered=journeys, database_url=database_url)
    async with (
        HttpServer(app) as server,
        httpx.AsyncClient(base_url=f"{server.url}/console", timeout=60, follow_redirects=True) as client,
    ):
        await client.post("/login", data={"key": keys["admin"]})
        yield client


async def test_a_journeys_page_says_what_it_cannot_count_or_compare(visitor: httpx.AsyncClient) -> None:
    for place, words in (
        ("support_followup", "It has no goal, so there is nothing to count"),
        ("support_followup?lift=yes", "has no goal: say what people should do"),
        ("double_opt_in", "It holds nobody out, so there is nobody to compare with"),
        ("cart_recovery", "Work out its lift"),
        ("cart_recovery", "Nobody has entered it yet"),
        ("cart_recovery?since=2026-03-01&until=2026-03-02", "No run began from 1 Mar 2026 to 2 Mar 2026"),
        ("cart_recovery?lift=yes", "nobody was reached, so there is nothing to compare with"),
        ("cart_recovery?since=2026-03-02&until=2026-03-01", "the dates are the wrong way round, swap them"),
        ("cart_recovery?until=soon", "is no date; write one as 2026-03-31"),
        ("cart_recovery?build=a+build", "cannot name a build"),
        ("cart_recovery?build=2026-11", "was not told of a Temporal server"),
    ):
        answer = await visitor.get(f"/journeys/{place}")
        assert answer.status_code == 200, place
        assert words.lower() in answer.text.lower(), place
        assert "What it says" in answer.text, place
    swapped = await visitor.get("/journeys/cart_recovery/map.svg?since=2026-03-02&until=2026-03-01")
    assert (swapped.status_code, "swap them" in swapped.text) == (400, True)


async def test_of_one_event_every_page_says_what_there_is(visitor: httpx.AsyncClient, pool: Pool) -> None:
    async with pool.acquire() as connection:
        key = await create_key(connection, "of the shop", (Scope.INGEST,))
    event = {"userId": "ada", "event": "Subscription Requested"}
    answer = await visitor.post(str(visitor.base_url.join("/v1/track")), json=event, auth=(key, ""))
    assert answer.status_code == 200, answer.text
    ada = await pool.fetchval("SELECT id FROM profiles")
    for place, words in (
        ("", "Nothing was decided in the last 24 hours"),
        (f"/people/{ada}", "Subscription Requested"),
        (f"/people/{ada}", "Nothing waits for them"),
        (f"/people/{ada}", f"/console/requests/people/{ada}"),
        (f"/requests/people/{ada}", "neither yes nor no"),
        ("/journeys/double_opt_in", "1 run began from"),
        ("/analytics?tab=paths&ask=yes", "Nothing of that kind is on record from"),
    ):
        answer = await visitor.get(place)
        assert answer.status_code == 200, place
        assert words in answer.text, place
