"""Cart recovery only for long names: code whose way depends on a text that stands nowhere in it."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import Outcome
    from workflows.cart_recovery import CartRecovery
    from workflows.journey import Entry, Journey


@workflow.defn(name="cart_recovery")
class CartRecoveryByLength(Journey):
    definition = CartRecovery.definition

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            if len(entry.trigger.properties["customer"]) > 10:
                await self.sleep(timedelta(hours=1))
        return self.outcome
