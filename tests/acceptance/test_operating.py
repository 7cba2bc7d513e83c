"""What operators can do with a run: hold it without ejecting it, let it go on, skip a wait, end it; all on record."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowHandle

from cli.stack.waiting import until
from tests.acceptance.world import World
from tests.people import Enrolled

DAY = timedelta(days=1)
WORD = {"by": "grace", "why": "the prices are wrong"}


@pytest.fixture
def policy() -> str:
    """Everything is allowed: these tests are about the kit."""
    return "version = 1\n"


async def told(run: WorkflowHandle[Any, Any], update: str) -> str:
    """Sends an update as the Temporal UI would, and returns where the run stands after it."""
    return str(await run.execute_update(update, WORD))


async def waiting(world: World, **facts: Any) -> tuple[Enrolled, WorkflowHandle[Any, Any]]:
    """A person whose run has begun its first wait."""
    person = await world.enrol(**facts)
    run = await world.start(person)

    async def waits() -> bool:
        return str((await run.query("status"))["standing"]).startswith("Wait")

    assert await until(waits, limit=timedelta(seconds=20))
    return person, run


async def test_a_paused_run_is_held_and_goes_on_with_what_is_due_when_it_is_resumed(world: World) -> None:
    _, run = await waiting(world)
    assert await told(run, "pause") == "Paused by grace: the prices are wrong"
    await world.let_pass(run, timedelta(hours=5))
    assert await world.decisions() == []
    assert await told(run, "resume") == "Resumed by grace: the prices are wrong"
    assert await until(lambda: len(world.provider.messages) == 1, limit=timedelta(seconds=20))
    assert [action for action, _, _ in await world.decisions()] == ["send"]


async def test_the_time_that_a_run_is_paused_does_not_count_toward_its_limit(world: World) -> None:
    _, run = await waiting(world)
    await told(run, "pause")
    await world.let_pass(run, 20 * DAY)  # at most 14 days
    assert (await run.query("status"))["outcome"] is None
    await told(run, "resume")
    assert await until(lambda: len(world.provider.messages) == 1, limit=timedelta(seconds=20))
    assert (await run.query("status"))["outcome"] is None


async def test_the_goal_ends_a_paused_run(world: World) -> None:
    ada, run = await waiting(world)
    await told(run, "pause")
    await world.tell(run, ada, "Order Completed")
    assert (await world.outcome(run)).state == "converted"


async def test_a_skipped_wait_is_over_at_once_and_the_rules_of_sending_hold_all_the_same(world: World) -> None:
    no = {"marketing": "revoked"}
    _, run = await waiting(world, consent={"push": no, "email": no})
    await told(run, "skip")

    async def decided() -> bool:
        return bool(await world.decisions())

    assert await until(decided, limit=timedelta(seconds=20))
    assert [action for action, _, _ in await world.decisions()] == ["drop"]


async def test_an_operator_ends_a_run_and_the_ledger_says_who_and_why(world: World) -> None:
    _, run = await waiting(world)
    await told(run, "exit")
    outcome = await world.outcome(run)
    assert (outcome.state, outcome.reason) == ("exited", "by grace: the prices are wrong")
    row = await world.pool.fetchrow("SELECT state, reason FROM journey_runs")
    assert row is not None
    assert tuple(row) == ("exited", "by grace: the prices are wrong")
