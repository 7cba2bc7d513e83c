"""Whoever looked and left is put into an audience; after a day without a purchase they hear of it by email too."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import Always, JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

SHOW_ADS = Message(key="shoes_ads", channels=("ads",))


@workflow.defn(name="retargeting")
class Retargeting(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Product Viewed"), goal="Order Completed", reentry=Always(), at_most=timedelta(days=5)
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.send(SHOW_ADS)
            await self.sleep(timedelta(days=4))
        return self.outcome
