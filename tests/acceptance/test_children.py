"""A journey starts another for the same person: by every rule of enrolment, awaited or not, held and ended with it."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowHandle

from cli.stack.waiting import until
from fermata.database import new_id
from tests.acceptance.shopper import Shopper
from tests.acceptance.world import World
from workflows.discovery import Journeys, discover
from workflows.operated import OperatorWord

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WORD = OperatorWord(by="Grace", why="a test")
Run = WorkflowHandle[Any, Any]


@pytest.fixture
def cached_runs() -> int:
    """Every run is replayed from its history at every task: what a parent does must be found again."""
    return 0


@pytest.fixture
def policy() -> str:
    """Everything is allowed: these tests are about runs."""
    return "version = 1\n"


@pytest.fixture
def journeys() -> Journeys:
    """The two of them."""
    own = discover(("tests.journeys.gift", "tests.journeys.giving", "tests.journeys.starting_over"))
    return Journeys(own.classes, discover(("workflows",)).template_roots)


async def giving(world: World) -> tuple[Shopper, Run, Run]:
    """Somebody in the parent, whose child has begun and said its word."""
    ada = await Shopper.introduced(world)
    await ada.does("Birthday Came")
    parent = await ada.run("giving")
    await world.let_pass(parent, HOUR)
    await ada.settle()
    child = await ada.run("gift")
    await world.let_pass(child, HOUR)
    return ada, parent, child


async def test_a_parent_waits_for_the_end_of_its_child_and_no_second_one_passes_by_reentry(world: World) -> None:
    ada, parent, child = await giving(world)
    assert len(ada.subjects()) == 1
    assert (await parent.query("status"))["standing"].startswith("Wait for gift, at most 5 days")
    await ada.does("Gift Taken")
    assert (await world.outcome(child)).state == "converted"
    await ada.settle()
    await world.let_pass(parent, HOUR)
    assert await parent.query("ended") == ["converted", "reentry_blocked"]
    await world.let_pass(parent, 2 * DAY)
    assert (await world.outcome(parent)).state == "completed"


async def test_a_child_is_held_with_its_parent_goes_on_with_it_and_ends_with_it(world: World) -> None:
    ada, parent, child = await giving(world)
    await parent.execute_update("pause", WORD)
    await world.let_pass(parent, HOUR)
    await ada.settle()
    assert (await child.query("status"))["standing"] == "Paused by its parent run"
    await parent.execute_update("resume", WORD)
    await world.let_pass(parent, HOUR)
    await ada.settle()
    assert not (await child.query("status"))["standing"].startswith("Paused")
    await ada.does("Order Completed")
    assert (await world.outcome(parent)).state == "converted"
    await ada.settle()
    outcome = await world.outcome(child)
    assert (outcome.state, outcome.reason) == ("exited", "parent ended")
    assert await ada.runs() == {"giving": "converted", "gift": "exited"}


async def test_when_the_time_has_passed_the_parent_goes_on_without_the_child(world: World) -> None:
    _, parent, child = await giving(world)
    await child.execute_update("pause", WORD)
    await world.let_pass(parent, 5 * DAY)
    assert (await parent.query("ended"))[0] == "none"
    assert (await child.query("status"))["outcome"] is None


async def test_nobody_begins_a_child_that_holds_them_out(world: World) -> None:
    ada = await Shopper.introduced(world)
    await world.pool.execute(
        "INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at)"
        " VALUES ($1, 'earlier', 'track', 'Gift Taken', $2, now() + interval '1 hour', now())",
        new_id(),
        ada.profile_id,
    )
    await ada.does("Birthday Came")
    parent = await ada.run("giving")
    await world.let_pass(parent, HOUR)
    assert await parent.query("ended") == ["none", "goal_met"]
    assert await ada.runs() == {"giving": "active"}


async def test_a_trigger_that_restarts_ends_the_run_and_begins_another_for_what_came_last(world: World) -> None:
    ada = await Shopper.introduced(world)
    await ada.does("Search Saved", query="shoes")
    first = await ada.run("starting_over")
    before = world.skipper.client.get_workflow_handle(first.id, run_id=(await first.describe()).run_id)
    await world.let_pass(first, DAY)
    await ada.does("Search Saved", query="boots")
    outcome = await world.outcome(before)
    assert (outcome.state, outcome.reason) == ("exited", "restarted")
    second = await ada.run("starting_over")

    async def begun() -> bool:
        await ada.settle()  # the start is made again where the run before it has not quite ended in Temporal
        return (await second.describe()).run_id != before.run_id

    assert await until(begun, limit=timedelta(seconds=20))
    await world.let_pass(second, DAY)
    assert ada.subjects() == [], "the wait began anew"
    await world.let_pass(second, 2 * DAY)
    assert (await world.outcome(second)).state == "completed"
    assert len(ada.subjects()) == 1
