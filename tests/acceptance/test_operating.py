"""What operators can do with a run: hold it without ejecting it, let it go on, skip a wait, end it; all on record."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowFailureError, WorkflowHandle

from cli.stack.waiting import until
from tests.acceptance.world import World
from tests.people import Enrolled
from workflows.search_attributes import REASON, STATE

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
        standing: str = (await run.query("status"))["standing"]
        return standing.startswith("Wait")

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


async def current_details(run: WorkflowHandle[Any, Any]) -> str:
    """What the Temporal UI shows of a run under its current details."""
    metadata = await run.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    return str(metadata.current_details)


async def test_a_run_that_is_resumed_in_its_wait_says_again_what_it_waits_for(world: World) -> None:
    _, run = await waiting(world)
    before = (await run.query("status"))["standing"]
    await told(run, "pause")
    assert (await run.query("status"))["standing"] == "Paused by grace: the prices are wrong"
    await told(run, "resume")
    assert (await run.query("status"))["standing"] == before
    assert (await run.describe()).typed_search_attributes[STATE] == "waiting"


async def test_a_run_that_fails_says_in_its_current_details_what_went_wrong_and_what_to_do(world: World) -> None:
    run = await world.start(await world.enrol("mistaken"))
    with pytest.raises(WorkflowFailureError):
        await world.outcome(run)
    details = await current_details(run)
    assert details.startswith("**failed: DefinitionError: mistaken: waits for 'Never Listed'")
    assert "add it to listens_to" in details
    assert "**What to do.** Mend the journey's file, which the stack trace names, and deploy." in details
    assert "the next *Product Added*" in details
    assert (await run.describe()).typed_search_attributes[REASON] == "DefinitionError"


async def test_a_run_that_fails_in_an_activity_names_it_and_what_it_says(world: World) -> None:
    _, run = await waiting(world)
    await world.pool.execute("DELETE FROM policy_activations")
    await told(run, "skip")
    with pytest.raises(WorkflowFailureError):
        await world.outcome(run)
    details = await current_details(run)
    assert "**failed: ConfigurationError: cart_reminder:decide: " in details
    assert "Mend what the activity `cart_reminder:decide` says of it" in details
