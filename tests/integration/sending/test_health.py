"""A provider that fails steadily is left alone for a while, by all workers; then one message tries it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from temporalio.exceptions import ApplicationError

from cli.stack.waiting import until
from fermata.channels.outages import OutageRule
from fermata.channels.standings import ProviderStanding, hold_provider, list_providers, release_provider
from fermata.database import Pool
from fermata.errors import NotFound
from tests.integration.sending.misbehaving import Misbehaving
from tests.integration.sending.outlet import OpenOutlet, Outlet, push
from tests.people import NOON


@pytest.fixture
async def provider() -> AsyncIterator[Misbehaving]:
    """A provider that answers 500."""
    async with Misbehaving("500") as server:
        yield server


async def standing(pool: Pool) -> ProviderStanding:
    """How the only provider is."""
    (only,) = await list_providers(pool, datetime.now(UTC))
    return only


async def break_down(outlet: Outlet, times: int = 5) -> None:
    """So many messages find the provider failing."""
    for _ in range(times):
        with pytest.raises(ApplicationError):
            await outlet.try_once(await outlet.reserve())


async def test_after_five_failures_in_a_row_nobody_asks_it(
    pool: Pool, open_outlet: OpenOutlet, provider: Misbehaving
) -> None:
    outlet = open_outlet(push("only", provider), rule=OutageRule())
    await break_down(outlet)
    for worker in (outlet, open_outlet(push("only", provider))):
        with pytest.raises(ApplicationError, match="only is out for a while") as refusal:
            await worker.try_once(await outlet.reserve())
        assert timedelta(seconds=20) < (refusal.value.next_retry_delay or timedelta(0)) <= timedelta(seconds=30)
    assert provider.asked == 5
    found = await standing(pool)
    assert (found.state, found.outages) == ("out", 1)
    assert "500" in (found.detail or "")


async def test_one_message_of_all_workers_tries_it_and_then_all_go(
    pool: Pool, open_outlet: OpenOutlet, provider: Misbehaving
) -> None:
    outlet = open_outlet(push("only", provider))
    await break_down(outlet)
    provider.mood = "hangs"
    out_until = (await standing(pool)).out_until
    workers = [open_outlet(push("only", provider)) for _ in range(4)]
    decisions = [await outlet.reserve() for _ in range(8)]
    assert await until(lambda: _is_past(out_until), limit=timedelta(seconds=5))
    asked = provider.asked
    tries = [worker.try_once(each) for worker, each in zip(workers * 2, decisions, strict=True)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert provider.asked == asked + 1
    assert sum("gave no answer" in str(answer) for answer in answers) == 1
    assert (await standing(pool)).outages == 2
    provider.mood = "well"
    for decision in decisions:
        assert (await outlet.send(decision)).result == "sent"
    assert (await standing(pool)).state == "well"
    assert [message.delivered for message in provider.delivered] == [1] * 8


async def test_each_trial_that_fails_doubles_the_time_up_to_the_longest(
    pool: Pool, open_outlet: OpenOutlet, provider: Misbehaving
) -> None:
    rule = OutageRule(first=timedelta(seconds=0.05), longest=timedelta(seconds=0.15))
    outlet = open_outlet(push("only", provider), rule=rule)
    decision = await outlet.reserve()
    lengths: list[float] = []

    async def four_outages() -> bool:
        with pytest.raises(ApplicationError):
            await outlet.try_once(decision)
        found = await standing(pool)
        if found.outages > len(lengths):
            row = await pool.fetchrow(
                "SELECT out_until, (SELECT max(updated_at) FROM reservations) FROM provider_health"
            )
            lengths.append((row[0] - row[1]).total_seconds())
        return len(lengths) == 4

    assert await until(four_outages, limit=timedelta(seconds=20))
    assert lengths == pytest.approx([0.05, 0.1, 0.15, 0.15], abs=0.03)


async def test_a_send_through_one_that_is_well_costs_no_statement_more(pool: Pool, open_outlet: OpenOutlet) -> None:
    async with Misbehaving() as provider:
        told: list[str] = []
        outlet = open_outlet(push("only", provider), health_pool=cast("Pool", _Counted(pool, told)))
        decisions = [await outlet.reserve() for _ in range(11)]
        await outlet.try_once(decisions.pop())  # the first one of a process makes itself known
        told.clear()
        for decision in decisions:
            await outlet.try_once(decision)
        assert len(told) <= 2, "one look every two seconds, whatever is sent"


async def test_what_is_held_gets_nothing_until_it_is_released(pool: Pool, open_outlet: OpenOutlet) -> None:
    async with Misbehaving() as first, Misbehaving() as second:
        those = (push("first", first, weight=1000), push("second", second))
        outlet = open_outlet(*those)
        await outlet.try_once(await outlet.reserve())
        asked = first.asked
        await hold_provider(pool, "first", by="ada", at=NOON)
        held = open_outlet(*those)
        for _ in range(5):
            await held.try_once(await outlet.reserve())
        assert (first.asked, len(second.delivered)) == (asked, 6 - asked)
        found = {each.name: each for each in await list_providers(pool, NOON)}
        assert (found["first"].state, found["first"].held_by, found["first"].held_at) == ("held", "ada", NOON)
        await release_provider(pool, "first")
        assert {each.state for each in await list_providers(pool, NOON)} == {"well"}


async def test_a_release_ends_an_outage_at_once(pool: Pool, open_outlet: OpenOutlet, provider: Misbehaving) -> None:
    await break_down(open_outlet(push("only", provider), rule=OutageRule()))
    provider.mood = "well"
    await release_provider(pool, "only")
    outlet = open_outlet(push("only", provider))
    assert (await outlet.try_once(await outlet.reserve())).result == "sent"


async def test_a_name_that_nobody_has_is_not_found(pool: Pool) -> None:
    with pytest.raises(NotFound, match="'pigeon'"):
        await hold_provider(pool, "pigeon", by="ada", at=NOON)
    with pytest.raises(NotFound, match="'pigeon'"):
        await release_provider(pool, "pigeon")


async def test_refusals_of_single_messages_take_nobody_out(pool: Pool, open_outlet: OpenOutlet) -> None:
    async with Misbehaving("429") as provider:
        provider.retry_after = 0
        outlet = open_outlet(push("only", provider))
        await break_down(outlet, 8)
        assert (await standing(pool)).state == "well"
        assert provider.asked == 8


async def _is_past(instant: datetime | None) -> bool:
    return instant is not None and datetime.now(UTC) > instant


class _Counted:
    """A pool that writes down what it is asked."""

    def __init__(self, pool: Pool, told: list[str]) -> None:
        self._pool, self._told = pool, told

    def __getattr__(self, name: str) -> Any:
        self._told.append(name)
        return getattr(self._pool, name)
