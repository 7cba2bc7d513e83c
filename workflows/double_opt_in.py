"""Double opt-in: whoever asked to hear from us says so themselves, by a link, before anything else is sent to them."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import After, JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

CONFIRM = Message(key="confirm_subscription", channels=("email",), purpose="transactional")
REMINDER = Message(key="confirm_subscription_reminder", channels=("email",), purpose="transactional")


@workflow.defn(name="double_opt_in")
class DoubleOptIn(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Subscription Requested"),
        goal="Subscription Confirmed",
        # Anybody can fill in a form with somebody else's address: until they say yes, two mails a week can come of it.
        reentry=After(timedelta(hours=1)),
        priority=90,
        transactional=True,
        at_most=timedelta(days=7),  # as long as the link is good
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.send(CONFIRM)
            await self.sleep(timedelta(days=2))
            await self.send(REMINDER)
            await self.sleep(timedelta(days=5))
        return self.outcome
