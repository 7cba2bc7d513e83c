"""Cart recovery with a step put in and no patch around it: what must not be deployed over runs in flight."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import Outcome
    from workflows.cart_recovery import DISCOUNT, REMINDER, CartRecovery
    from workflows.journey import Entry, Journey


@workflow.defn(name="cart_recovery")
class CartRecoveryWithAStepPutIn(Journey):
    definition = CartRecovery.definition

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.sleep(timedelta(hours=1))
            await self.update_profile(left_a_cart=True)
            await self.send(REMINDER)
            if await self.wait_for("Product Viewed", within=timedelta(days=1)):
                await self.send(DISCOUNT)
        return self.outcome
