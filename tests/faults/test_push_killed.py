"""SIGKILL of a sender to phones and browsers: no message is lost, and one that comes twice takes its own place."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from fermata.channels.devices import StatedDevice, state_devices
from fermata.database import Pool
from fermata.vocabulary import Channel
from tests.faults.reserved import Reserved
from tests.faults.sender_process import Devices, Point, Providers
from tests.faults.senders import Senders
from tests.integration.channels.fcm_server import FcmServer
from tests.integration.channels.web_push_server import WebPushServer
from tests.integration.sending.outlet import ANY_HOUR
from tests.people import enrol
from tests.policies import under

_KILLS = 12
_SLOW = timedelta(milliseconds=40)
_MESSAGES = 40


@dataclass
class World(Reserved):
    """People with a phone and a browser each, their services, and who sends between them until killed."""

    fcm: FcmServer
    browsers: WebPushServer
    senders: Senders

    async def reserve_for_both_devices(self) -> tuple[UUID, Channel]:
        """A push message to somebody with a phone, which is the address decided on, and a browser."""
        now = datetime.now(UTC)
        person = await enrol(self.pool, at=now, country=None)
        device, _ = self.browsers.subscribe(str(person.profile_id))
        async with self.pool.acquire() as connection, connection.transaction():
            await state_devices(connection, [StatedDevice(person.profile_id, device, now)])
        return await self.reserve(Channel.PUSH, person)

    def reached(self) -> tuple[Counter[str], Counter[str]]:
        """How often each message came to its phone and to its browser, by the ledger's key."""
        phones = Counter(str(message["data"]["key"]) for message in self.fcm.sent)
        browsers = Counter(str(got["key"]).rpartition(":")[0] for got in self.browsers.got)
        return phones, browsers


@pytest.fixture
async def world(pool: Pool, database_url: str, senders: Senders) -> AsyncIterator[World]:
    """Both services on real sockets; each takes its time to say yes."""
    async with AsyncExitStack() as stack:
        fcm = await stack.enter_async_context(FcmServer(delay=_SLOW))
        browsers = await stack.enter_async_context(WebPushServer(delay=_SLOW))
        devices = Devices(fcm=fcm.url, account=fcm.account, vapid=browsers.private_key)
        policies = await under(pool, ANY_HOUR)
        yield World(database_url, pool, policies, Providers(devices=devices), fcm, browsers, senders)


@pytest.mark.parametrize(
    ("point", "state", "times"), [("before_the_call", "sending", 1), ("after_the_yes", "sending", 2)]
)
async def test_a_kill_at_a_point_loses_nothing_and_a_second_one_takes_the_place_of_the_first(
    world: World, point: Point, state: str, times: int
) -> None:
    message = await world.reserve_for_both_devices()
    await world.senders.kill_where_it_stops(world.order(message, stops_at=point))
    (killed,) = (await world.rows()).values()
    await world.senders.run(world.order(message))
    (row,) = (await world.rows()).values()
    assert (killed["state"], row["state"], row["provider"]) == (state, "sent", "devices")
    key = row["dedupe_key"]
    assert world.reached() == (Counter({key: times}), Counter({key: times}))
    assert len({sent["android"]["collapse_key"] for sent in world.fcm.sent}) == 1
    assert len({got["tag"] for got in world.browsers.got}) == 1


async def test_kills_at_random_points_lose_nothing_and_send_no_more_often_than_was_begun(world: World) -> None:
    draw = random.Random(20261126)  # noqa: S311 - moments to kill at, no secret
    waiting = [await world.reserve_for_both_devices() for _ in range(_MESSAGES)]
    for _ in range(_KILLS):
        draw.shuffle(waiting)
        await world.senders.kill_after(world.order(*waiting), timedelta(seconds=draw.uniform(0.02, 0.25)))
        rows = await world.rows()
        waiting = [message for message in waiting if rows[message[0]]["state"] != "sent"]
    await world.senders.run(world.order(*waiting))
    rows = await world.rows()
    assert {row["state"] for row in rows.values()} == {"sent"}
    assert sum(row["attempts"] - 1 for row in rows.values()) > _KILLS // 2, "the kills were to find sends under way"
    for reached in world.reached():
        assert reached.keys() == {row["dedupe_key"] for row in rows.values()}
        assert all(reached[row["dedupe_key"]] <= row["attempts"] for row in rows.values())
