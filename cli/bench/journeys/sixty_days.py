"""A journey of sixty days with twenty messages, whose replay is measured."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

TEXT = Message(key="cart_discount", channels=("sms",))
WAIT = timedelta(days=3)
MESSAGES = 20


@workflow.defn(name="reference_sixty_days")
class ReferenceSixtyDays(Journey):
    definition = JourneyDefinition(trigger=Trigger("Reference Sixty Days Begun"), goal="Order Completed")

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            for _ in range(MESSAGES):
                await self.sleep(WAIT)
                await self.send(TEXT)
        return self.outcome
