"""Cart recovery with a step put in behind a patch: runs in flight that are past it pass it by."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import Outcome
    from workflows.cart_recovery import DISCOUNT, REMINDER, CartRecovery
    from workflows.journey import Entry, Journey


@workflow.defn(name="cart_recovery")
class CartRecoveryWithAPatch(Journey):
    definition = CartRecovery.definition

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.sleep(timedelta(hours=1))
            if workflow.patched("update-profile"):
                await self.update_profile(left_a_cart=True)
            await self.send(REMINDER)
            if await self.wait_for("Product Viewed", within=timedelta(days=1)):
                await self.send(DISCOUNT)
        return self.outcome
