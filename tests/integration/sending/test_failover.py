"""Several providers a channel: the next one takes what the first surely does not have, and nothing else."""

from collections import Counter
from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError

from fermata.channels import Enlisted, HttpProvider
from fermata.channels.standings import hold_provider, release_provider
from fermata.database import Pool
from fermata.vocabulary import Channel, Reason
from tests.integration.sending.misbehaving import Misbehaving, Mood
from tests.integration.sending.outlet import OpenOutlet, push
from tests.people import NOON


@pytest.mark.parametrize("mood", ["500", "429", "401"])
async def test_what_the_first_refused_for_sure_the_standby_takes(
    pool: Pool, open_outlet: OpenOutlet, mood: Mood
) -> None:
    async with Misbehaving(mood) as first, Misbehaving() as second:
        outlet = open_outlet(push("first", first), push("second", second, tier=2))
        decision = await outlet.reserve()
        assert (await outlet.try_once(decision)).result == "sent"
        assert (len(first.delivered), len(second.delivered)) == (0, 1)
        row = await outlet.row(decision)
        assert (row["state"], row["provider"], row["attempts"]) == ("sent", "second", 2)
        assert row["provider_message_id"] == second.delivered[0].id


async def test_one_that_cannot_be_reached_does_not_have_it(pool: Pool, open_outlet: OpenOutlet) -> None:
    async with Misbehaving() as gone:
        pass
    async with Misbehaving() as second:
        outlet = open_outlet(push("first", gone), push("second", second, tier=2))
        assert (await outlet.try_once(await outlet.reserve())).result == "sent"
        assert len(second.delivered) == 1


@pytest.mark.parametrize("mood", ["hangs", "resets", "delivers_and_resets", "lies"])
async def test_what_the_first_may_have_no_other_gets(pool: Pool, open_outlet: OpenOutlet, mood: Mood) -> None:
    async with Misbehaving(mood) as first, Misbehaving() as second:
        short = timedelta(seconds=0.2)
        outlet = open_outlet(push("first", first, timeout=short), push("second", second, tier=2))
        decision = await outlet.reserve()
        with pytest.raises(ApplicationError, match="first is busy"):
            await outlet.try_once(decision)
        row = await outlet.row(decision)
        assert (row["state"], row["provider"]) == ("unknown", "first")
        first.mood = "well"
        assert (await outlet.send(decision)).result == "sent"
        assert second.asked == 0
        assert [message.delivered for message in first.delivered] == [1]


async def test_whoever_may_have_it_is_waited_for_while_an_operator_holds_it_back(
    pool: Pool, open_outlet: OpenOutlet
) -> None:
    async with Misbehaving("delivers_and_resets") as first, Misbehaving() as second:
        those = (push("first", first), push("second", second, tier=2))
        outlet = open_outlet(*those)
        decision = await outlet.reserve()
        with pytest.raises(ApplicationError):
            await outlet.try_once(decision)
        first.mood = "well"
        await hold_provider(pool, "first", by="ada", at=NOON)
        another_worker = open_outlet(*those)
        with pytest.raises(ApplicationError, match="first is held back by an operator, and may have the message"):
            await another_worker.try_once(decision)
        assert (await outlet.row(decision))["state"] == "unknown"
        # Others are not held up by that.
        assert (await another_worker.try_once(await outlet.reserve())).result == "sent"
        assert len(second.delivered) == 1
        await release_provider(pool, "first")
        assert (await open_outlet(*those).try_once(decision)).result == "sent"
        assert [message.delivered for message in first.delivered] == [1]


async def test_a_lost_answer_of_one_that_does_not_honour_the_key_counts_as_sent(
    pool: Pool, open_outlet: OpenOutlet
) -> None:
    async with Misbehaving("delivers_and_resets") as first, Misbehaving() as second:
        outlet = open_outlet(push("first", first, honours=False), push("second", second, tier=2))
        decision = await outlet.reserve()
        with pytest.raises(ApplicationError):
            await outlet.try_once(decision)
        assert (await outlet.try_once(decision)).result == "sent"
        assert (first.asked, second.asked) == (1, 0)
        assert (await outlet.row(decision))["provider"] == "first"


async def test_what_a_provider_may_have_that_is_declared_no_more_counts_as_sent(
    pool: Pool, open_outlet: OpenOutlet
) -> None:
    async with Misbehaving("delivers_and_resets") as first, Misbehaving() as second:
        outlet = open_outlet(push("first", first))
        decision = await outlet.reserve()
        with pytest.raises(ApplicationError):
            await outlet.try_once(decision)
        without = open_outlet(push("second", second))
        assert (await without.try_once(decision)).result == "sent"
        assert second.asked == 0
        row = await outlet.row(decision)
        assert (row["state"], row["provider"]) == ("sent", "first")


async def test_the_only_provider_that_refuses_us_is_asked_each_time(pool: Pool, open_outlet: OpenOutlet) -> None:
    async with Misbehaving("401") as only:
        outlet = open_outlet(push("only", only))
        for _ in range(8):
            result = await outlet.try_once(await outlet.reserve())
            assert result.failure is not None
            assert result.failure.reason is Reason.PROVIDER_MISCONFIGURED
        assert only.asked == 8


async def test_a_channel_without_a_provider_says_so(pool: Pool, open_outlet: OpenOutlet) -> None:
    outlet = open_outlet()
    result = await outlet.try_once(await outlet.reserve())
    assert result.failure is not None
    assert result.failure.reason is Reason.PROVIDER_MISCONFIGURED
    assert "FERMATA_PROVIDERS" in (result.failure.detail or "")


async def test_an_overload_with_retry_after_rests_the_provider_for_everybody(
    pool: Pool, open_outlet: OpenOutlet
) -> None:
    async with Misbehaving("429") as only:
        only.retry_after = 120
        outlet = open_outlet(push("only", only))
        with pytest.raises(ApplicationError) as refusal:
            await outlet.try_once(await outlet.reserve())
        assert refusal.value.next_retry_delay == timedelta(seconds=120)
        with pytest.raises(ApplicationError, match="rests as it asked") as later:
            await outlet.try_once(await outlet.reserve())
        assert timedelta(seconds=110) < (later.value.next_retry_delay or timedelta(0)) <= timedelta(seconds=120)
        assert only.asked == 1


async def test_the_weights_share_the_messages(pool: Pool, open_outlet: OpenOutlet) -> None:
    async with Misbehaving() as large, Misbehaving() as small:
        outlet = open_outlet(push("large", large, weight=3), push("small", small))
        for _ in range(40):
            await outlet.try_once(await outlet.reserve())
        assert len(large.delivered) + len(small.delivered) == 40
        assert 18 < len(large.delivered) < 40
        rows = await pool.fetch("SELECT provider FROM reservations")
        assert Counter(row["provider"] for row in rows)["large"] == len(large.delivered)


async def test_a_second_provider_takes_what_is_above_the_rate_of_the_first(pool: Pool, open_outlet: OpenOutlet) -> None:
    async with Misbehaving() as slow, Misbehaving() as other:
        limited = HttpProvider(Channel.PUSH, slow.url, name="slow")
        outlet = open_outlet(Enlisted(limited, rate=0.5, weight=1000), push("other", other))
        decisions = [await outlet.reserve() for _ in range(5)]
        for decision in decisions:
            assert (await outlet.try_once(decision)).result == "sent"
        assert (len(slow.delivered), len(other.delivered)) == (1, 4)
