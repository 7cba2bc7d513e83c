"""A send that takes its time is not torn, and tells meanwhile that somebody is at it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

import activities.to_its_end
from activities.sends import SendCommand
from cli.stack.waiting import until
from fermata.database import Pool
from fermata.vocabulary import Channel
from tests.integration.sending.misbehaving import Misbehaving
from tests.integration.sending.outlet import OpenOutlet, push


@pytest.fixture
def beats(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The signs of life, a hundred times as often as in production."""
    monkeypatch.setattr(activities.to_its_end, "BEAT", timedelta(seconds=0.03))
    return []


async def test_a_cancelled_send_comes_to_its_end_and_is_on_record(
    pool: Pool, open_outlet: OpenOutlet, beats: list[Any]
) -> None:
    async with Misbehaving("slow") as provider:
        outlet = open_outlet(push("slow", provider, timeout=timedelta(seconds=5)))
        decision = await outlet.reserve()
        environment = ActivityEnvironment()
        environment.on_heartbeat = lambda *details: beats.append(details)
        command = SendCommand(decision_id=decision, channel=Channel.PUSH, asked_at=datetime.now(UTC))
        sending = asyncio.create_task(environment.run(outlet.sends.send, command))
        assert await until(lambda: provider.asked == 1, limit=timedelta(seconds=10))
        environment.cancel()
        assert (await sending).result == "sent"
        assert (await outlet.row(decision))["state"] == "sent"
        assert [message.delivered for message in provider.delivered] == [1]
        assert len(beats) >= 3


async def test_a_send_that_is_quick_says_nothing_meanwhile(pool: Pool, open_outlet: OpenOutlet) -> None:
    async with Misbehaving() as provider:
        outlet = open_outlet(push("quick", provider))
        environment = ActivityEnvironment()
        told: list[Any] = []
        environment.on_heartbeat = lambda *details: told.append(details)
        command = SendCommand(decision_id=await outlet.reserve(), channel=Channel.PUSH, asked_at=datetime.now(UTC))
        assert (await environment.run(outlet.sends.send, command)).result == "sent"
        assert told == []
