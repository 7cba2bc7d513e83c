"""A withdrawal reaches a message that waits: at once, by whatever way it comes, and for good."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from api.application import create_app
from cli.stack.http_server import HttpServer
from fermata.access import first_keys
from fermata.profiles.consent_links import UnsubscribeLink
from fermata.vocabulary import Channel, ConsentPurpose
from tests.acceptance.world import LINKS, World, all_journeys
from tests.people import Enrolled
from worker.dispatcher import Dispatcher

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ONLY_EMAIL = {"email": "ada@example.com"}


async def by_api(client: httpx.AsyncClient, ada: Enrolled) -> httpx.Response:
    word = {"channel": "email", "purpose": "marketing", "status": "revoked"}
    return await client.put(f"/api/v1/profiles/{ada.profile_id}/consent", json={"statements": [word]})


async def by_link(client: httpx.AsyncClient, ada: Enrolled) -> httpx.Response:
    stop = UnsubscribeLink(profile_id=ada.profile_id, channel=Channel.EMAIL, purpose=ConsentPurpose.MARKETING)
    token = LINKS.unsubscribe_url(stop).rpartition("/")[2]
    return await client.post(f"/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"})


@pytest.mark.parametrize("withdraw", [by_api, by_link], ids=["by the API", "by the link in a mail"])
async def test_a_message_that_is_held_over_night_is_dropped_the_moment_its_person_withdraws(
    world: World, withdraw: Callable[[httpx.AsyncClient, Enrolled], Awaitable[httpx.Response]]
) -> None:
    ada = await world.enrol(hour=1, addresses=ONLY_EMAIL)
    run = await world.start(ada)
    await world.let_pass(run, 2 * HOUR)
    assert await world.decisions() == [("defer", "outside_window", "email")]
    async with world.pool.acquire() as connection:
        keys = await first_keys(connection)
    app = create_app(pool=world.pool, registry=all_journeys().registry, links=LINKS)
    headers = {"Authorization": f"Bearer {keys['admin']}"}
    async with HttpServer(app) as server, httpx.AsyncClient(base_url=server.url, headers=headers) as client:
        answer = await withdraw(client, ada)
    assert answer.status_code == 200
    await Dispatcher(world.pool, world.skipper.client, queue=world.queue).deliver_due(datetime.now(UTC))
    await world.let_pass(run, timedelta(minutes=1))
    assert [action for action, _, _ in await world.decisions()] == ["defer", "drop"]
    trace = await world.pool.fetchval("SELECT trace FROM decisions WHERE action = 'drop'")
    assert {"email": "consent_revoked"}.items() <= {e["channel"]: e["reason"] for e in trace if "reason" in e}.items()
    await world.let_pass(run, 14 * DAY)
    assert not world.smtp.messages
