"""The smallest journey that waits and sends, for what can be seen of a run from outside."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

REMINDER = Message(key="cart_reminder", channels=("push",))


@workflow.defn(name="seen")
class Seen(Journey):
    definition = JourneyDefinition(trigger=Trigger("Product Added"), goal="Order Completed")

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.sleep(timedelta(hours=1))
            await self.send(REMINDER)
        return self.outcome
