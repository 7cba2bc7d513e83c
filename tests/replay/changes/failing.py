"""Cart recovery with a line that raises where an event lacks a property."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import Outcome
    from workflows.cart_recovery import DISCOUNT, REMINDER, CartRecovery
    from workflows.journey import Entry, Journey


@workflow.defn(name="cart_recovery")
class CartRecoveryThatFails(Journey):
    definition = CartRecovery.definition

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.sleep(timedelta(hours=1))
            await self.send(REMINDER)
            viewed = await self.wait_for("Product Viewed", within=timedelta(days=1))
            if viewed and viewed.properties["in_stock"]:
                await self.send(DISCOUNT)
        return self.outcome
