"""A run an order: each lives and ends by itself; and a message that asks again, after its hold, whom it is for."""

from datetime import UTC, datetime, timedelta
from itertools import count

from temporalio.client import WorkflowHandle

from fermata.events import parse
from fermata.ingest import Ingest
from fermata.ledger.decisions import list_decisions, read_decision
from tests.acceptance.world import World, all_journeys
from worker.dispatcher import Dispatcher

HOUR = timedelta(hours=1)
_numbers = count()


async def send(world: World, *events: tuple[str, str | None]) -> None:
    """Events of one person come in at the door and are delivered; with an order, or without."""
    now = datetime.now(UTC)
    calls = [
        {
            "type": "track",
            "event": name,
            "userId": "ada",
            "messageId": f"care-{next(_numbers)}",
            "context": {"timezone": "Etc/UTC", "traits": {"email": "ada@example.com"}},
            "properties": {"order_id": order} if order else {},
        }
        for name, order in events
    ]
    registry = all_journeys().registry
    await Ingest(world.pool, registry).accept([parse(call, received_at=now) for call in calls], (), now)
    with world.skipper.with_time_skipping_disabled():
        dispatcher = Dispatcher(world.pool, world.skipper.client, queue=world.queue)
        while await dispatcher.deliver_due(datetime.now(UTC)):
            pass


async def run_of(world: World, order: str) -> WorkflowHandle:  # type: ignore[type-arg]
    workflow_id = await world.pool.fetchval(
        "SELECT workflow_id FROM journey_runs WHERE journey = 'order_care' AND key = $1", order
    )
    assert workflow_id.endswith(f"/{order}")
    handle = world.skipper.client.get_workflow_handle(workflow_id)
    world.started.append(handle)
    return handle


async def test_two_orders_of_one_person_are_two_runs_and_an_event_ends_the_one_whose_order_it_names(
    world: World,
) -> None:
    await send(world, ("Order Completed", "A-1"), ("Order Completed", "A-2"))
    first, second = await run_of(world, "A-1"), await run_of(world, "A-2")
    await send(world, ("Order Reviewed", "A-1"))
    assert (await world.outcome(first)).state == "converted"
    assert (await second.query("status"))["outcome"] is None
    await send(world, ("Order Reviewed", None))
    assert (await world.outcome(second)).state == "converted"


async def test_a_goal_of_another_order_that_the_run_has_not_heard_of_does_not_stop_its_message(world: World) -> None:
    await send(world, ("Order Completed", "A-1"), ("Order Completed", "A-2"))
    first, second = await run_of(world, "A-1"), await run_of(world, "A-2")
    await send(world, ("Order Reviewed", "A-1"))
    assert (await world.outcome(first)).state == "converted"
    await world.let_pass(second, HOUR)
    decisions = (await list_decisions(world.pool)).items
    assert [decision.reason for decision in decisions if decision.reason == "goal_met"] == []


async def test_whoever_is_not_meant_any_more_after_a_hold_is_not_reached_and_the_record_tells_why(
    world: World,
) -> None:
    ada = await world.enrol("order_care", hour=2)
    run = await world.start(ada)
    await world.let_pass(run, 2 * HOUR)
    assert [action for action, *_ in await world.decisions()] == ["defer"]
    await world.store(ada, "Return Requested")
    await world.let_pass(run, 8 * HOUR)
    assert (await world.outcome(run)).state == "completed"
    assert [(action, reason) for action, reason, _ in await world.decisions()][1:] == [("drop", "eligibility_failed")]
    assert not world.smtp.messages
    newest, first = (await list_decisions(world.pool)).items
    held = (await read_decision(world.pool, first.id)).facts
    assert held is not None
    assert held.eligibility is not None
    assert held.eligibility.why == "yes  never Return Requested: none"
    record = await read_decision(world.pool, newest.id)
    (answer,) = [entry for entry in record.trace if entry.rule == "eligibility"]
    assert answer.note is not None
    assert answer.note.startswith("no  never Return Requested: 1, the last on ")
