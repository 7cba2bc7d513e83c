"""A journey that speaks to somebody while they look around, and hears what they do with its cards."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

WELCOME = Message(key="cart_reminder", channels=("in_app",), expires_after=timedelta(days=2))
OFFER = Message(key="cart_discount", channels=("in_app",), expires_after=timedelta(days=2))


@workflow.defn(name="at_the_shop")
class AtTheShop(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Product Added"),
        goal="Order Completed",
        exit_on=("In-App Message Dismissed",),
        listens_to=("In-App Message Clicked",),
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.send(WELCOME)
            if await self.wait_for("In-App Message Clicked", within=timedelta(days=1)):
                await self.send(OFFER)
                await self.wait_for("In-App Message Clicked", within=timedelta(days=1))
        return self.outcome
