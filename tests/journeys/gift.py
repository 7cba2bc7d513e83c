"""A journey that others start: one message, and a day in which the gift can be taken."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import After, JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

GIFT = Message(key="cart_reminder", channels=("email",))


@workflow.defn(name="gift")
class Gift(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Gift Offered"),
        goal="Gift Taken",
        listens_to=("Gift Admired",),
        reentry=After(timedelta(days=30)),
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.send(GIFT)
            await self.wait_for("Gift Admired", within=timedelta(days=1))
        return self.outcome
