"""A merge reaches running journeys: they go on for the profile that remains, or end where it is there already."""

from datetime import timedelta

from temporalio.common import SearchAttributeKey

from fermata.vocabulary import Reason
from tests.acceptance.world import World

PROFILE = SearchAttributeKey.for_keyword("FermataProfile")


async def test_the_run_of_a_visitor_goes_on_for_the_user_who_they_turn_out_to_be(world: World) -> None:
    visitor = await world.enrol(addresses={}, consent={})
    user = await world.enrol("branches", addresses={"email": "ada@example.com"})
    run = await world.start(visitor)
    await world.sign_in(visitor, user)
    await world.let_pass(run, timedelta(hours=2))
    [mail] = world.smtp.messages
    assert mail.recipients == ("ada@example.com",)
    assert [row["profile_id"] for row in await world.pool.fetch("SELECT profile_id FROM decisions")] == [
        user.profile_id
    ]
    description = await run.describe()
    assert description.typed_search_attributes[PROFILE] == str(user.profile_id)
    await world.tell(run, user, "Order Completed")
    assert (await world.outcome(run)).state == "converted"


async def test_where_the_user_is_in_that_journey_already_the_visitors_run_ends_in_the_middle_of_its_wait(
    world: World,
) -> None:
    visitor, user = await world.enrol(), await world.enrol()
    run, other = await world.start(visitor), await world.start(user)
    await world.sign_in(visitor, user)
    outcome = await world.outcome(run)
    assert (outcome.state, outcome.reason) == ("exited", Reason.PROFILE_MERGED)
    assert (await other.query("status"))["outcome"] is None
    await world.let_pass(other, timedelta(hours=2))
    # Both carts were one person's: one reminder.
    assert len(world.provider.messages) == 1
    assert not world.smtp.messages


async def test_a_goal_that_the_user_had_reached_ends_the_visitors_run(world: World) -> None:
    visitor = await world.enrol()
    user = await world.enrol("branches")
    run = await world.start(visitor)
    await world.store(user, "Order Completed")
    await world.sign_in(visitor, user)
    assert (await world.outcome(run)).state == "converted"
