"""A journey that listens to what becomes of its messages, and talks by text message both ways."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

HELLO = Message(key="cart_reminder", channels=("email",))
ASK = Message(key="cart_reminder", channels=("sms",))
THANKS = Message(key="cart_discount", channels=("sms",), purpose="transactional")
DAY = timedelta(days=1)


@workflow.defn(name="conversation")
class Conversation(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Product Added"),
        goal="Order Completed",
        exit_on=("Unsubscribed",),
        listens_to=("Email Bounced", "Email Link Clicked", "SMS Received"),
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.send(HELLO)
            if await self.wait_for("Email Link Clicked", within=DAY):
                await self.send(ASK)
                answer = await self.wait_for("SMS Received", within=DAY)
                if answer is not None and answer.properties.get("keyword") == "yes":
                    await self.send(THANKS)
        return self.outcome
