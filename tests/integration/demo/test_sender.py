"""The made-up traffic at the real ingest: it answers what the model knows to be true, however often it is sent."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from api.application import create_app
from cli.demo.door import Door
from cli.demo.outgoing import outgoing
from cli.demo.payload import Payload
from cli.demo.sender import Sender, Tally
from cli.demo.traffic import Traffic, make_traffic
from cli.demo.world import read_world
from cli.stack.http_server import HttpServer
from fermata.access import first_keys
from fermata.database import Pool
from fermata.errors import ConfigurationError
from workflows.discovery import discover


@pytest.fixture
async def client(pool: Pool) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(pool=pool, registry=discover(("workflows",)).registry)
    async with HttpServer(app) as server, httpx.AsyncClient(base_url=server.url) as client:
        yield client


@pytest.fixture
async def door(pool: Pool, client: httpx.AsyncClient) -> Door:
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
    return Door(client, keys["write"])


@pytest.fixture
def traffic() -> Traffic:
    return make_traffic(read_world(), seed=11, now=datetime.now(UTC), each=4)


async def send(door: Door, *payloads: Payload) -> Tally:
    tally = Tally()
    await Sender(door, tally, lambda weight: None).send(outgoing(payloads))
    return tally


async def test_the_ingest_answers_what_the_model_knows_to_be_true(pool: Pool, door: Door, traffic: Traffic) -> None:
    tally = await send(door, *traffic.first_visits, *traffic.return_visits)
    truth = traffic.truth
    assert (tally.accepted, tally.duplicates, tally.rejected) == (truth.valid, truth.duplicates, truth.malformed)
    assert await pool.fetchval("SELECT count(*) FROM events") == truth.valid
    assert await pool.fetchval("SELECT count(*) FROM rejected_events") == truth.malformed
    assert await pool.fetchval("SELECT count(*) FROM profiles") == len(traffic.shoppers)


async def test_all_of_it_sent_again_changes_nothing(pool: Pool, door: Door, traffic: Traffic) -> None:
    await send(door, *traffic.first_visits)
    runs = await pool.fetchval("SELECT count(*) FROM journey_runs")
    again = await send(door, *traffic.first_visits)
    assert again.accepted == 0
    assert again.duplicates == len(traffic.first_visits) - traffic.truth.malformed
    assert await pool.fetchval("SELECT count(*) FROM journey_runs") == runs


async def test_what_people_told_of_themselves_arrives(pool: Pool, door: Door, traffic: Traffic) -> None:
    await send(door, *traffic.first_visits)
    known = next(shopper for shopper in traffic.shoppers if shopper.user_id is not None and "email" in shopper.traits)
    row = await pool.fetchrow(
        "SELECT p.* FROM profiles p JOIN identities i ON i.profile_id = p.id WHERE i.kind = 'user_id' AND i.value = $1",
        known.user_id,
    )
    assert row["addresses"]["email"] == known.traits["email"]
    assert row["traits"]["name"] == known.traits["name"]
    assert row["time_zone"] == known.traits.get("timezone", row["time_zone"])
    assert row["country"] == known.place.country


async def test_a_time_of_the_past_is_kept(pool: Pool, door: Door) -> None:
    then = datetime(2019, 10, 1, 0, 0, tzinfo=UTC)
    await send(door, {"type": "track", "userId": "a", "event": "Product Viewed", "timestamp": then.isoformat()})
    stored = await pool.fetchval("SELECT occurred_at FROM events")
    assert abs(stored - then) < timedelta(seconds=5)


async def test_a_wrong_key_is_told_as_such(client: httpx.AsyncClient) -> None:
    with pytest.raises(ConfigurationError, match="refuses the write key"):
        await send(Door(client, "not-a-key"), {"type": "track", "userId": "a", "event": "Product Viewed"})
