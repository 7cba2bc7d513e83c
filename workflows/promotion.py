"""Promotion: one message to each of those to whom a promotion is announced, and three days in which it counts."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

PROMOTION = Message(key="promotion", channels=("push", "email"), expires_after=timedelta(days=1), topic="promotions")


@workflow.defn(name="promotion")
class Promotion(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Promotion Announced"),
        key="promotion_id",  # a run a promotion
        goal="Order Completed",
        exit_on=("Promotion Ended",),
        holdout=0.10,
        priority=10,
        at_most=timedelta(days=7),
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.send(PROMOTION)
            await self.sleep(timedelta(days=3))
        return self.outcome
