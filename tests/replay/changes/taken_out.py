"""Cart recovery with its first wait taken out and no patch around that."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import Outcome
    from workflows.cart_recovery import DISCOUNT, REMINDER, CartRecovery
    from workflows.journey import Entry, Journey


@workflow.defn(name="cart_recovery")
class CartRecoveryWithAStepTakenOut(Journey):
    definition = CartRecovery.definition

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.send(REMINDER)
            if await self.wait_for("Product Viewed", within=timedelta(days=1)):
                await self.send(DISCOUNT)
        return self.outcome
