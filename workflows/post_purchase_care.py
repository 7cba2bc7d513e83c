"""Post-purchase care: what goes with what somebody bought, and two weeks later the question how they like it."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

COMPLEMENTS = Message(key="care_complements", channels=("email",), expires_after=timedelta(days=7))
REVIEW = Message(key="care_review", channels=("push", "email"), expires_after=timedelta(days=7))


@workflow.defn(name="post_purchase_care")
class PostPurchaseCare(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Order Completed"),
        key="order_id",  # a run an order
        at_most_at_once=3,
        goal="Product Reviewed",
        exit_on=("Order Cancelled", "Order Refunded"),
        holdout=0.10,
        priority=30,
        at_most=timedelta(days=30),
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.sleep(timedelta(days=1))
            await self.send(COMPLEMENTS)
            await self.sleep(timedelta(days=13))
            await self.send(REVIEW)
            await self.sleep(timedelta(days=7))  # until then a review counts as brought about by it
        return self.outcome
