"""A journey for crowds under faults: a person is told of each parcel, and told again once they have looked."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

# Their words are those of the cart: what is said does not matter here.
ON_ITS_WAY = Message(key="cart_reminder", channels=("push",))
NEARLY_THERE = Message(key="cart_discount", channels=("sms", "email"))


@workflow.defn(name="parcel")
class Parcel(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Parcel Sent"),
        key="parcel_id",
        goal="Parcel Received",
        exit_on=("Parcel Lost",),
        listens_to=("Parcel Seen",),
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.send(ON_ITS_WAY)
            if await self.wait_for("Parcel Seen", within=timedelta(days=1)):
                await self.sleep(timedelta(hours=1))
                await self.send(NEARLY_THERE)
        return self.outcome
