"""A journey of which a profile has one run an order, with a message that whoever sends the order back does not get."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from fermata.segments import did
    from workflows.journey import Entry, Journey

ASK = Message(key="cart_reminder", channels=("email",), eligible=~did("Return Requested"))


@workflow.defn(name="order_care")
class OrderCare(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Order Completed"), key="order_id", goal="Order Reviewed", at_most_at_once=5
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.sleep(timedelta(hours=1))
            await self.send(ASK)
        return self.outcome
