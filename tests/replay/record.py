"""Lives through the ways of the journeys that ship, and records them: ``python -m tests.replay.record [NAME…]``.

For a new way through a journey add a scenario here. Existing files are kept: they stand for runs in flight, and a
change must still replay them. Runs of a real server are recorded by ``fermata record``.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHandle, WorkflowHistory

from cli.stack.postgres import Postgres
from cli.stack.provider_ledger import Fault
from cli.stack.smtp_server import SmtpServer
from cli.stack.temporal_server import TemporalServer
from cli.stack.waiting import until
from fermata.database import open_pool
from fermata.database.migrate import migrate
from tests.acceptance.world import World, all_journeys, open_world
from worker.plugin import fermata_plugin
from worker.replay.recording import Recorder
from workflows.operated import OperatorWord
from workflows.search_attributes import ALL

HISTORIES = Path(__file__).with_name("histories")
_HURRIED = 3600 * 24.0
_OPEN = "version = 1\n"

Scenario = Callable[[World], Awaitable[WorkflowHandle[Any, Any]]]


async def reminder_then_discount(world: World) -> WorkflowHandle[Any, Any]:
    ada = await world.enrol()
    run = await world.start(ada, pace=_HURRIED / 20)
    await until(lambda: bool(world.provider.messages), limit=timedelta(seconds=30))
    await world.tell(run, ada, "Product Viewed")
    await run.result()
    return run


async def converted_in_the_first_wait(world: World) -> WorkflowHandle[Any, Any]:
    ada = await world.enrol()
    run = await world.start(ada)
    await world.tell(run, ada, "Order Completed")
    await run.result()
    return run


async def held_then_sent(world: World) -> WorkflowHandle[Any, Any]:
    ada = await world.enrol()
    silence_ends = datetime.now(UTC) + timedelta(seconds=3)
    await world.pool.execute("UPDATE profiles SET do_not_disturb_until = $1", silence_ends)
    run = await world.start(ada, pace=_HURRIED)
    await run.result()
    return run


async def push_refused_then_email(world: World) -> WorkflowHandle[Any, Any]:
    ada = await world.enrol()
    world.provider.ledger.fail_next(Fault(status=410))
    run = await world.start(ada, pace=_HURRIED)
    await run.result()
    return run


async def ended_while_held(world: World) -> WorkflowHandle[Any, Any]:
    ada = await world.enrol()
    await world.pool.execute("UPDATE profiles SET do_not_disturb_until = $1", datetime.now(UTC) + timedelta(hours=9))
    run = await world.start(ada, pace=_HURRIED)

    async def held() -> bool:
        return ("defer", "do_not_disturb_until") in [(action, reason) for action, reason, _ in await world.decisions()]

    await until(held, limit=timedelta(seconds=30))
    await world.tell(run, ada, "Order Completed")
    await run.result()
    return run


async def nobody_to_reach(world: World) -> WorkflowHandle[Any, Any]:
    ada = await world.enrol(addresses={}, consent={})
    run = await world.start(ada, pace=_HURRIED)
    await run.result()
    return run


async def paused_resumed_skipped_and_ended(world: World) -> WorkflowHandle[Any, Any]:
    ada = await world.enrol()
    run = await world.start(ada)
    for operation in ("pause", "resume", "skip", "exit"):
        await run.execute_update(operation, OperatorWord(by="an operator", why="to see what comes"))
        await until(lambda: operation != "skip" or bool(world.provider.messages), limit=timedelta(seconds=30))  # noqa: B023
    await run.result()
    return run


async def merged_into_a_user_then_sent(world: World) -> WorkflowHandle[Any, Any]:
    visitor = await world.enrol(addresses={}, consent={})
    user = await world.enrol("branches")
    run = await world.start(visitor, pace=_HURRIED / 20)
    await world.sign_in(visitor, user)
    await run.result()
    return run


async def ended_by_a_merge(world: World) -> WorkflowHandle[Any, Any]:
    visitor, user = await world.enrol(), await world.enrol()
    run = await world.start(visitor)
    await world.sign_in(visitor, user)
    await run.result()
    return run


async def confirmed_after_the_first_mail(world: World) -> WorkflowHandle[Any, Any]:
    ada = await world.enrol("double_opt_in", trigger="Subscription Requested")
    run = await world.start(ada)
    await until(lambda: bool(world.smtp.messages), limit=timedelta(seconds=30))
    await world.tell(run, ada, "Subscription Confirmed")
    await run.result()
    return run


async def reminded_and_never_confirmed(world: World) -> WorkflowHandle[Any, Any]:
    ada = await world.enrol("double_opt_in", trigger="Subscription Requested")
    run = await world.start(ada, pace=_HURRIED)
    await run.result()
    return run


async def mails(world: World, number: int) -> None:
    await until(lambda: len(world.smtp.messages) >= number, limit=timedelta(seconds=30))


async def looked_then_a_cart_an_offer_and_a_purchase(world: World) -> WorkflowHandle[Any, Any]:
    ada = await world.enrol("browse_abandonment", trigger="Product Viewed")
    run = await world.start(ada, pace=_HURRIED * 2)
    await mails(world, 1)
    await world.tell(run, ada, "Product Added")
    await mails(world, 2)
    await world.tell(run, ada, "Order Completed")
    await run.result()
    return run


async def looked_and_never_came_back(world: World) -> WorkflowHandle[Any, Any]:
    ada = await world.enrol("browse_abandonment", trigger="Product Viewed")
    run = await world.start(ada, pace=_HURRIED * 10)
    await run.result()
    return run


async def looked_and_came_back_while_the_ads_were_shown(world: World) -> WorkflowHandle[Any, Any]:
    ada = await world.enrol("browse_abandonment", trigger="Product Viewed")
    run = await world.start(ada, pace=_HURRIED * 5)
    ads = "SELECT count(*) FROM reservations WHERE channel = 'ads' AND state = 'sent'"

    async def shown() -> bool:
        return bool(await world.pool.fetchval(ads))

    await until(shown, limit=timedelta(seconds=30))
    await world.tell(run, ada, "Product Added")
    await run.result()
    return run


async def looked_and_filled_a_cart_on_that_day(world: World) -> WorkflowHandle[Any, Any]:
    ada = await world.enrol("browse_abandonment", trigger="Product Viewed")
    run = await world.start(ada)
    await world.tell(run, ada, "Product Added")
    await run.result()
    return run


async def cared_for_to_the_end(world: World) -> WorkflowHandle[Any, Any]:
    ada = await world.enrol("post_purchase_care", trigger="Order Completed")
    run = await world.start(ada, pace=_HURRIED * 10)
    await run.result()
    return run


async def reviewed_before_it_was_asked(world: World) -> WorkflowHandle[Any, Any]:
    ada = await world.enrol("post_purchase_care", trigger="Order Completed")
    run = await world.start(ada, pace=_HURRIED)
    await mails(world, 1)
    await world.tell(run, ada, "Product Reviewed")
    await run.result()
    return run


def lived(journey: str, trigger: str, *events: str, after: int = 0, pace: float = _HURRIED * 10) -> Scenario:
    """A run to its end; once so many messages have gone out, the person does something."""

    async def scenario(world: World) -> WorkflowHandle[Any, Any]:
        ada = await world.enrol(journey, trigger=trigger)
        run = await world.start(ada, pace=pace)
        await until(
            lambda: len(world.smtp.messages) + len(world.provider.messages) >= after, limit=timedelta(seconds=30)
        )
        for event in events:
            await world.say(run, event, rating="bad")
        await run.result()
        return run

    return scenario


async def a_lead_that_asked_for_a_demo(world: World) -> WorkflowHandle[Any, Any]:
    ada = await world.enrol("lead_nurture", trigger="Lead Captured")
    run = await world.start(ada, pace=_HURRIED * 5)
    await mails(world, 1)
    await world.tell(run, ada, "Demo Requested")
    await run.result()
    return run


async def a_trial_that_is_used(world: World) -> WorkflowHandle[Any, Any]:
    ada = await world.enrol("trial_activation", trigger="Trial Started")
    await world.store(ada, "Feature Used")
    run = await world.start(ada, pace=_HURRIED * 10)
    await run.result()
    return run


async def one_category_looked_at_again_and_again(world: World) -> WorkflowHandle[Any, Any]:
    ada = await world.enrol("next_best_action", trigger="Product Viewed")
    for _ in range(3):
        await world.store(ada, "Product Viewed")
    await world.pool.execute('UPDATE events SET properties = properties || \'{"category": "shoes"}\'')
    run = await world.start(ada, pace=_HURRIED * 10)
    await run.result()
    return run


SCENARIOS: dict[str, Scenario] = {
    "cart_recovery.reminder_then_discount": reminder_then_discount,
    "cart_recovery.converted_in_the_first_wait": converted_in_the_first_wait,
    "cart_recovery.held_then_sent": held_then_sent,
    "cart_recovery.push_refused_then_email": push_refused_then_email,
    "cart_recovery.ended_while_held": ended_while_held,
    "cart_recovery.nobody_to_reach": nobody_to_reach,
    "cart_recovery.paused_resumed_skipped_and_ended": paused_resumed_skipped_and_ended,
    "cart_recovery.merged_into_a_user_then_sent": merged_into_a_user_then_sent,
    "cart_recovery.ended_by_a_merge": ended_by_a_merge,
    "double_opt_in.confirmed_after_the_first_mail": confirmed_after_the_first_mail,
    "double_opt_in.reminded_and_never_confirmed": reminded_and_never_confirmed,
    "browse_abandonment.a_cart_an_offer_and_a_purchase": looked_then_a_cart_an_offer_and_a_purchase,
    "browse_abandonment.never_came_back": looked_and_never_came_back,
    "browse_abandonment.came_back_while_the_ads_were_shown": looked_and_came_back_while_the_ads_were_shown,
    "browse_abandonment.a_cart_on_that_day": looked_and_filled_a_cart_on_that_day,
    "post_purchase_care.to_the_end": cared_for_to_the_end,
    "post_purchase_care.reviewed_before_it_was_asked": reviewed_before_it_was_asked,
    "welcome.to_the_end": lived("welcome", "Signed Up"),
    "welcome.at_home_after_the_greeting": lived("welcome", "Signed Up", "Onboarding Completed", after=1, pace=_HURRIED),
    "trial_activation.used_by_day_three": a_trial_that_is_used,
    "trial_activation.used_after_a_word": lived(
        "trial_activation", "Trial Started", "Feature Used", after=1, pace=_HURRIED * 2
    ),
    "reengagement.silent": lived("reengagement", "Engagement Lapsed"),
    "reengagement.back": lived("reengagement", "Engagement Lapsed", "Signed In", after=1, pace=_HURRIED),
    "support_followup.never_rated": lived("support_followup", "Support Ticket Solved"),
    "support_followup.rated_low": lived(
        "support_followup", "Support Ticket Solved", "Support Ticket Rated", after=1, pace=_HURRIED
    ),
    "lead_nurture.cool": lived("lead_nurture", "Lead Captured"),
    "lead_nurture.handed_to_sales": a_lead_that_asked_for_a_demo,
    "retention.away": lived("retention", "Churn Risk Raised"),
    "retention.back_after_a_word": lived("retention", "Churn Risk Raised", "Signed In", after=1, pace=_HURRIED * 5),
    "next_best_action.a_guide_to_compare": one_category_looked_at_again_and_again,
    "next_best_action.nothing_to_say": lived("next_best_action", "Product Viewed"),
    "promotion.to_the_end": lived("promotion", "Promotion Announced"),
}


async def record(names: list[str]) -> None:
    """Runs scenarios on real servers and writes their histories."""
    recorder = Recorder(HISTORIES, all_journeys())
    async with Postgres(durable=False) as postgres, TemporalServer(search_attributes=ALL) as temporal:
        client = await Client.connect(temporal.address, plugins=[fermata_plugin()], identity="recorder")
        for number, name in enumerate(names):
            database_url = await postgres.create_database(f"scenario_{number}")
            await migrate(database_url)
            async with (
                open_pool(database_url) as pool,
                SmtpServer() as smtp,
                open_world(client, pool, smtp, policy=_OPEN, journeys=all_journeys()) as world,
            ):
                run = await SCENARIOS[name](world)
                async for recorded in recorder.record(_one(run), name.partition(".")[2]):
                    sys.stdout.write(f"{name}: {recorded.events} events {recorded.result} {recorded.why or ''}\n")


async def _one(run: WorkflowHandle[Any, Any]) -> AsyncIterator[WorkflowHistory]:
    yield await run.fetch_history()


def main() -> None:
    """Records the scenarios named, or those without a file yet."""
    wanted = sys.argv[1:] or [name for name in SCENARIOS if not (HISTORIES / f"{name}.json").exists()]
    unknown = [name for name in wanted if name not in SCENARIOS]
    if unknown:
        sys.exit(f"no scenario is named {unknown[0]!r}; there are: {', '.join(SCENARIOS)}")
    asyncio.run(record(wanted))


if __name__ == "__main__":
    main()
