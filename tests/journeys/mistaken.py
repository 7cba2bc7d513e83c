"""A journey whose author waits for an event that the definition does not list, and asks about what is not there."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from fermata.segments import did, in_journey
    from workflows.journey import Entry, Journey

UNWRITTEN = Message(key="never_written", channels=("email",), eligible=~in_journey("never_shipped"))


@workflow.defn(name="mistaken")
class Mistaken(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Product Added"), entry=did("added_to_cart", times=2), transactional=True
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.wait_for("Never Listed", within=timedelta(days=1))
        return self.outcome
