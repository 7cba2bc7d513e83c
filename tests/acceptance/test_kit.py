"""What the kit promises to authors: branches, continue-as-new, sends never torn, mistakes that fail at once."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import WorkflowFailureError

from cli.stack.provider_ledger import Fault
from cli.stack.waiting import until
from tests.acceptance.world import World

DAY = timedelta(days=1)


@pytest.fixture
def policy() -> str:
    """Everything is allowed: these tests are about the kit."""
    return "version = 1\n"


async def test_two_branches_each_see_the_event_they_wait_for_in_whatever_order_it_comes(world: World) -> None:
    ada = await world.enrol("branches")
    run = await world.start(ada)
    await world.tell(run, ada, "Email Clicked")
    await world.tell(run, ada, "Product Viewed")
    await world.let_pass(run, DAY)
    assert await run.query("met") == ["Email Clicked", "Product Viewed"]
    assert (await world.outcome(run)).state == "completed"
    assert len(world.smtp.messages) == 1


async def test_the_goal_ends_all_branches(world: World) -> None:
    ada = await world.enrol("branches")
    run = await world.start(ada)
    await world.tell(run, ada, "Email Clicked")
    await world.tell(run, ada, "Order Completed")
    assert (await world.outcome(run)).state == "converted"
    assert not world.smtp.messages


async def test_a_goal_during_a_send_lets_it_end_and_be_recorded_and_then_ends_the_run(world: World) -> None:
    ada = await world.enrol("branches")
    run = await world.start(ada)
    world.provider.ledger.fail_next(Fault(status=503, times=1))
    await world.tell(run, ada, "Email Clicked")
    await world.tell(run, ada, "Product Viewed")
    await world.tell(run, ada, "Cart Cleared")
    assert (await world.outcome(run)).state == "exited"
    sent = await world.pool.fetchval("SELECT count(*) FROM reservations WHERE state = 'sent'")
    assert sent == len(world.smtp.messages)
    assert await world.pool.fetchval("SELECT count(*) FROM reservations WHERE state IN ('reserved', 'sending')") == 0


async def test_continuing_as_new_loses_none_of_300_racing_events(world: World) -> None:
    ada = await world.enrol("recurring")
    run = await world.start(ada)
    events = [await world.store(ada, "Box Shipped") for _ in range(300)]
    await asyncio.gather(*(run.signal("event", event) for event in events))
    met: list[str] = []

    async def all_met() -> bool:
        met[:] = [event for each in await world.executions(run) for event in await each.query("shipped")]
        return len(met) >= len(events)

    assert await until(all_met, limit=timedelta(seconds=20)), f"met {len(met)} of {len(events)}"
    assert sorted(met) == sorted(str(event.id) for event in events)
    assert len(await world.executions(run)) > 1, "it was to continue as new at least once"
    await world.tell(run, ada, "Subscription Cancelled")
    assert (await world.outcome(run)).state == "converted"


async def test_waiting_for_an_event_that_is_not_listed_fails_the_run_at_once_and_says_what_to_do(world: World) -> None:
    ada = await world.enrol("mistaken")
    run = await world.start(ada)
    with pytest.raises(WorkflowFailureError) as caught:
        await world.outcome(run)
    assert "add it to listens_to" in str(caught.value.cause)
    row = await world.pool.fetchrow("SELECT state, reason FROM journey_runs")
    assert row["state"] == "failed"
    assert "Never Listed" in row["reason"]


async def test_a_cancelled_run_is_closed_in_the_ledger(world: World) -> None:
    ada = await world.enrol("branches")
    run = await world.start(ada)
    await run.cancel()
    with pytest.raises(WorkflowFailureError):
        await world.outcome(run)
    assert tuple(await world.pool.fetchrow("SELECT state, reason FROM journey_runs")) == ("exited", "cancelled")


async def test_the_time_limit_ends_a_run_that_waits(world: World) -> None:
    ada = await world.enrol("recurring")
    run = await world.start(ada)
    for _ in range(8):
        await world.let_pass(run, 50 * DAY)
        if (await run.describe()).close_time is None:
            await world.tell(run, ada, "Box Shipped")
    assert (await world.outcome(run)).state == "timed_out"


async def test_a_held_message_is_decided_again_at_once_when_it_is_told_to(world: World) -> None:
    ada = await world.enrol("branches")
    await world.pool.execute("UPDATE profiles SET do_not_disturb_until = now() + interval '2 days'")
    run = await world.start(ada)
    await world.tell(run, ada, "Email Clicked")
    await world.tell(run, ada, "Product Viewed")
    await world.let_pass(run, timedelta(hours=1))
    assert await world.decisions() == [("defer", "do_not_disturb_until", "email")]
    await world.pool.execute("UPDATE profiles SET do_not_disturb_until = NULL")
    await run.signal("reconsider")
    assert (await world.outcome(run)).state == "completed"
    assert len(world.smtp.messages) == 1
