"""A journey that begins anew with every trigger, for what came last."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

HELLO = Message(key="cart_reminder", channels=("email",))


@workflow.defn(name="starting_over")
class StartingOver(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Search Saved"), goal="Order Completed", while_active="restart", at_most=timedelta(days=5)
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.sleep(timedelta(days=2))
            await self.send(HELLO)
        return self.outcome
