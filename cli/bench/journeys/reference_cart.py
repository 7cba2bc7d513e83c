"""The reference cart journey, whose cost is compared with other engines: wait, email, delay, email, delay, SMS."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

FIRST = Message(key="cart_reminder", channels=("email",))
SECOND = Message(key="cart_discount", channels=("email",))
LAST = Message(key="cart_discount", channels=("sms",))


@workflow.defn(name="reference_cart")
class ReferenceCart(Journey):
    # A trigger of its own: the journeys that ship are not to start beside it.
    definition = JourneyDefinition(trigger=Trigger("Reference Cart Left"), goal="Order Completed")

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.sleep(timedelta(hours=1))
            await self.send(FIRST)
            await self.sleep(timedelta(days=2))
            await self.send(SECOND)
            await self.sleep(timedelta(days=2))
            await self.send(LAST)
        return self.outcome
