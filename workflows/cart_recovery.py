"""Cart recovery: bring back someone who left a cart behind."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import After, JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

REMINDER = Message(key="cart_reminder", channels=("push", "email"), expires_after=timedelta(hours=48))
DISCOUNT = Message(key="cart_discount", channels=("email", "sms"))


@workflow.defn(name="cart_recovery")
class CartRecovery(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Product Added"),
        goal="Order Completed",
        exit_on=("Cart Cleared", "Cart Taken Over"),  # taken over by browse_abandonment
        listens_to=("Product Viewed",),
        reentry=After(timedelta(days=7)),
        holdout=0.10,
        priority=60,
        at_most=timedelta(days=14),
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.sleep(timedelta(hours=1))
            await self.send(REMINDER)
            if await self.wait_for("Product Viewed", within=timedelta(days=1)):
                await self.send(DISCOUNT)
        return self.outcome
