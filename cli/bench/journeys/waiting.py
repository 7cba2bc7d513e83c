"""Two journeys whose waits are measured to the moment: one that awaits its goal, and one that sends a text when due."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

TEXT = Message(key="cart_discount", channels=("sms",))


@workflow.defn(name="reference_wait")
class ReferenceWait(Journey):
    definition = JourneyDefinition(trigger=Trigger("Reference Wait Begun"), goal="Order Completed")

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.sleep(timedelta(days=300))
        return self.outcome


@workflow.defn(name="reference_text")
class ReferenceText(Journey):
    definition = JourneyDefinition(trigger=Trigger("Reference Text Wanted"), goal="Order Completed")

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.sleep(timedelta(hours=1))
            await self.send(TEXT)
        return self.outcome
