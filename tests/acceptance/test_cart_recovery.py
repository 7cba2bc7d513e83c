"""Cart recovery from end to end: fourteen days in a moment, on the real server, ledger and SMTP."""

from datetime import timedelta

from cli.stack.provider_ledger import Fault
from tests.acceptance.world import World
from tests.people import GRANTED

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ONLY_EMAIL = {"email": "ada@example.com"}


async def test_a_cart_left_behind_brings_a_reminder_and_after_a_look_the_discount(world: World) -> None:
    ada = await world.enrol(addresses=ONLY_EMAIL)
    run = await world.start(ada)
    await world.let_pass(run, 2 * HOUR)
    assert [mail.recipients for mail in world.smtp.messages] == [("ada@example.com",)]
    await world.tell(run, ada, "Product Viewed")
    await world.let_pass(run, 14 * DAY)
    assert (await world.outcome(run)).state == "completed"
    assert len(world.smtp.messages) == 2
    assert {action for action, _, _ in await world.decisions()} >= {"send"}
    row = await world.pool.fetchrow("SELECT state, ended_at IS NOT NULL AS ended FROM journey_runs")
    assert tuple(row) == ("completed", True)


async def test_at_night_the_reminder_is_held_until_the_morning_and_then_decided_again(world: World) -> None:
    ada = await world.enrol(hour=1, addresses=ONLY_EMAIL)
    run = await world.start(ada)
    await world.let_pass(run, 2 * HOUR)
    assert await world.decisions() == [("defer", "outside_window", "email")]
    assert not world.smtp.messages
    assert await world.pool.fetchval("SELECT count(*) FROM deferrals") == 1
    await world.let_pass(run, 8 * HOUR)
    assert [action for action, _, _ in await world.decisions()] == ["defer", "send"]
    assert len(world.smtp.messages) == 1
    assert await world.pool.fetchval("SELECT count(*) FROM deferrals") == 0


async def test_a_purchase_while_the_reminder_is_held_means_that_it_never_goes(world: World) -> None:
    ada = await world.enrol(hour=1, addresses=ONLY_EMAIL)
    run = await world.start(ada)
    await world.let_pass(run, 2 * HOUR)
    await world.tell(run, ada, "Order Completed")
    assert (await world.outcome(run)).state == "converted"
    assert not world.smtp.messages
    assert await world.pool.fetchval("SELECT count(*) FROM deferrals") == 0


async def test_a_push_that_the_provider_refuses_falls_back_to_email(world: World) -> None:
    ada = await world.enrol()
    world.provider.ledger.fail_next(Fault(status=410, times=1))
    run = await world.start(ada)
    await world.let_pass(run, 2 * HOUR)
    assert [(action, channel) for action, _, channel in await world.decisions()] == [
        ("send", "push"),
        ("send", "email"),
    ]
    assert len(world.smtp.messages) == 1
    states = await world.pool.fetch("SELECT channel, state, reason FROM reservations ORDER BY channel")
    assert [tuple(row) for row in states] == [("email", "sent", None), ("push", "failed", "no_push_token")]


async def test_a_busy_provider_is_tried_again_and_delivers_once(world: World) -> None:
    ada = await world.enrol()
    world.provider.ledger.fail_next(Fault(status=503, times=2))
    run = await world.start(ada)
    await world.let_pass(run, 2 * HOUR)
    assert [message.delivered for message in world.provider.messages] == [1]
    assert await world.pool.fetchval("SELECT attempts FROM reservations") == 3


async def test_someone_without_consent_hears_nothing_and_the_journey_goes_on(world: World) -> None:
    revoked = {channel: {"marketing": "revoked"} for channel in ("push", "email")}
    ada = await world.enrol(consent=revoked)
    run = await world.start(ada)
    await world.let_pass(run, 14 * DAY)
    assert (await world.outcome(run)).state == "completed"
    assert await world.decisions() == [("drop", "consent_revoked", None)]
    assert not world.smtp.messages


async def test_a_second_delivery_of_an_event_changes_nothing(world: World) -> None:
    ada = await world.enrol(addresses=ONLY_EMAIL, consent=GRANTED)
    run = await world.start(ada)
    await run.signal("event", ada.trigger)
    await world.let_pass(run, 2 * HOUR)
    event = await world.tell(run, ada, "Product Viewed")
    await run.signal("event", event)
    await world.let_pass(run, 14 * DAY)
    assert (await world.outcome(run)).state == "completed"
    assert len(world.smtp.messages) == 2


async def test_a_purchase_from_before_the_cart_that_comes_late_does_not_end_the_run(world: World) -> None:
    ada = await world.enrol(addresses=ONLY_EMAIL)
    run = await world.start(ada)
    await world.tell(run, ada, "Order Completed", at=ada.trigger.occurred_at - HOUR)
    await world.let_pass(run, 14 * DAY)
    assert (await world.outcome(run)).state == "completed"
    assert len(world.smtp.messages) == 1
