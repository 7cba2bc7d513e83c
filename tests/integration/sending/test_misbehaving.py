"""A provider that misbehaves for a while: no message is lost, none reaches anybody twice, and other channels go on."""

import asyncio
from datetime import timedelta
from time import monotonic
from typing import cast

import pytest

from fermata.channels import Enlisted, HttpProvider
from fermata.database import Pool
from fermata.vocabulary import Channel
from tests.integration.sending.misbehaving import Misbehaving, Mood
from tests.integration.sending.outlet import OpenOutlet, push

_MESSAGES = 25
_SHORT = timedelta(seconds=0.3)


@pytest.mark.parametrize("mood", ["500", "429", "hangs", "resets", "delivers_and_resets", "lies"])
async def test_all_arrive_once_when_it_is_well_again_and_text_messages_do_not_wait(
    pool: Pool, open_outlet: OpenOutlet, mood: str
) -> None:
    async with Misbehaving(cast("Mood", mood)) as bad, Misbehaving() as texts:
        outlet = open_outlet(
            push("bad", bad, timeout=_SHORT), Enlisted(HttpProvider(Channel.SMS, texts.url, name="texts"))
        )
        pushed = [await outlet.reserve() for _ in range(_MESSAGES)]
        texted = [await outlet.reserve(Channel.SMS) for _ in range(_MESSAGES)]
        sending = [asyncio.create_task(outlet.send(each)) for each in pushed]
        began = monotonic()
        for decision in texted:
            assert (await outlet.try_once(decision, Channel.SMS)).result == "sent"
        assert len(texts.delivered) == _MESSAGES
        assert not any(task.done() for task in sending) or mood == "delivers_and_resets"
        assert monotonic() - began < 10
        asked = bad.asked
        bad.mood = "well"
        assert {result.result for result in await asyncio.gather(*sending)} == {"sent"}
        assert [message.delivered for message in bad.delivered] == [1] * _MESSAGES
        assert asked < 3 * _MESSAGES, "one that fails is left alone"
        rows = await pool.fetch("SELECT state, provider, provider_message_id FROM reservations WHERE channel = 'push'")
        assert {(row["state"], row["provider"]) for row in rows} == {("sent", "bad")}
        assert {row["provider_message_id"] for row in rows} == {message.id for message in bad.delivered}
