"""SIGKILL of a sender at each point and at random ones: promises are kept, and the ledger explains what happened."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from cli.stack.provider_ledger import ProviderMessage
from cli.stack.provider_server import ProviderServer
from cli.stack.smtp_server import SmtpServer
from fermata.database import Pool
from fermata.vocabulary import Channel
from tests.faults.reserved import Reserved
from tests.faults.sender_process import Point, Providers
from tests.faults.senders import Senders
from tests.integration.sending.outlet import ANY_HOUR
from tests.policies import under

_KILLS = 30
_SLOW = timedelta(milliseconds=60)
"""How long a provider has a message before it says yes: the kills must find some in between."""
_BATCH = 12
_CHANNELS = (Channel.PUSH, Channel.SMS, Channel.EMAIL)


class SlowSmtp(SmtpServer):
    """Keeps a mail, and takes its time to say so."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(_SLOW.total_seconds())
        return answer


@dataclass
class World(Reserved):
    """Providers, the ledger, and who sends between them until killed."""

    provider: ProviderServer
    smtp: SmtpServer
    senders: Senders

    def taken(self, account: str) -> Mapping[str, ProviderMessage]:
        """What a provider was asked for, by key."""
        return {message.key: message for message in self.provider.messages if message.account == account}

    def mails(self) -> Counter[str]:
        """How often each mail arrived, by its Message-ID."""
        return Counter(mail.message_id for mail in self.smtp.messages)


@pytest.fixture
async def world(pool: Pool, database_url: str, senders: Senders) -> AsyncIterator[World]:
    """Slow providers on real sockets, and a process that forks senders."""
    async with AsyncExitStack() as stack:
        provider = await stack.enter_async_context(ProviderServer())
        provider.ledger.delay = _SLOW
        smtp = await stack.enter_async_context(SlowSmtp())
        providers = Providers(push=f"{provider.url}/push", sms=f"{provider.url}/sms", smtp=smtp.url)
        yield World(database_url, pool, await under(pool, ANY_HOUR), providers, provider, smtp, senders)


@dataclass(frozen=True)
class Expected:
    """What is to be seen of one channel, when its sender was killed at a point and another one went on.

    Args:
        state: In the ledger, after the kill.
        calls: How often the provider was asked in the end.
        reached: How often the person was reached in the end.
        named: Whether the ledger knows the provider's name for the message in the end.
    """

    state: str
    calls: int
    reached: int
    named: bool = True


_AT_EACH_POINT: dict[Point, dict[Channel, Expected]] = {
    "before_the_call": {
        Channel.PUSH: Expected("sending", calls=1, reached=1),
        # It may be out, for all that the ledger knows: then no second one is risked.
        Channel.SMS: Expected("sending", calls=0, reached=0, named=False),
        Channel.EMAIL: Expected("sending", calls=1, reached=1),
    },
    "after_the_yes": {
        Channel.PUSH: Expected("sending", calls=2, reached=1),
        Channel.SMS: Expected("sending", calls=1, reached=1, named=False),
        # The declared price of SMTP: the same mail again, under the same Message-ID.
        Channel.EMAIL: Expected("sending", calls=2, reached=2),
    },
    "after_settling": {
        Channel.PUSH: Expected("sent", calls=1, reached=1),
        Channel.SMS: Expected("sent", calls=1, reached=1),
        Channel.EMAIL: Expected("sent", calls=1, reached=1),
    },
}


@pytest.mark.parametrize("point", ["before_the_call", "after_the_yes", "after_settling"])
async def test_a_kill_at_each_point_is_explained_by_the_ledger_and_kept_to_the_rule(world: World, point: Point) -> None:
    messages = tuple([await world.reserve(channel) for channel in _CHANNELS])
    await world.senders.kill_where_it_stops(world.order(*messages, stops_at=point))
    killed = await world.rows()
    await world.senders.run(world.order(*messages))
    settled = await world.rows()
    for decision_id, channel in messages:
        expected, row = _AT_EACH_POINT[point][channel], settled[decision_id]
        assert killed[decision_id]["state"] == expected.state
        assert killed[decision_id]["provider"] == row["provider"] is not None
        assert row["state"] == "sent"
        calls, reached = _seen(world, channel, row["dedupe_key"])
        assert (calls, reached, row["provider_message_id"] is not None) == (
            expected.calls,
            expected.reached,
            expected.named,
        ), channel


def _seen(world: World, channel: Channel, key: str) -> tuple[int, int]:
    if channel is Channel.EMAIL:
        return (sum(world.mails().values()),) * 2
    message = world.taken(channel.value).get(key)
    # A provider that does not honour the key delivers as often as it is asked.
    return (0, 0) if message is None else (message.seen, message.seen if channel is Channel.SMS else message.delivered)


async def test_kills_at_random_points_break_no_promise(world: World) -> None:
    draw = random.Random(20261125)  # noqa: S311 - moments to kill at, no secret
    waiting: list[tuple[UUID, Channel]] = []
    kills = 0
    while kills < _KILLS:
        if len(waiting) < _BATCH:
            waiting += [await world.reserve(channel) for _ in range(_BATCH) for channel in _CHANNELS]
        draw.shuffle(waiting)
        pause = timedelta(seconds=draw.uniform(0.0, 0.2))
        kills += await world.senders.kill_after(world.order(*waiting), pause)
        rows = await world.rows()
        waiting = [message for message in waiting if rows[message[0]]["state"] != "sent"]
    await world.senders.run(world.order(*waiting))
    rows = await world.rows()
    assert {row["state"] for row in rows.values()} == {"sent"}
    assert sum(row["attempts"] - 1 for row in rows.values()) > _KILLS // 2, "the kills were to find sends under way"
    by_channel = {channel: [row for row in rows.values() if row["channel"] == channel] for channel in _CHANNELS}
    _push_reached_everybody_once(world, by_channel[Channel.PUSH])
    _no_text_message_was_sent_twice(world, by_channel[Channel.SMS])
    _no_mail_was_lost_or_sent_more_often_than_begun(world, by_channel[Channel.EMAIL])


def _push_reached_everybody_once(world: World, rows: list[Mapping[str, Any]]) -> None:
    taken = world.taken("push")
    assert taken.keys() == {row["dedupe_key"] for row in rows}
    assert {message.delivered for message in taken.values()} == {1}
    for row in rows:
        message = taken[row["dedupe_key"]]
        assert row["provider_message_id"] == message.id
        assert message.seen <= row["attempts"]


def _no_text_message_was_sent_twice(world: World, rows: list[Mapping[str, Any]]) -> None:
    taken = world.taken("sms")
    assert {message.seen for message in taken.values()} == {1}
    for row in rows:
        # One that the ledger has no name for was begun and never ended: it may be out, and it counts.
        assert row["dedupe_key"] in taken or (row["provider_message_id"] is None and row["attempts"] > 1)


def _no_mail_was_lost_or_sent_more_often_than_begun(world: World, rows: list[Mapping[str, Any]]) -> None:
    mails = world.mails()
    assert mails.keys() == {row["provider_message_id"] for row in rows}
    for row in rows:
        assert 1 <= mails[row["provider_message_id"]] <= row["attempts"]
