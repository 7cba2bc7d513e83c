"""Re-engagement with sunset: one mail to whoever fell silent, a last question, and then they are left in peace."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.broadcasts import Broadcast, Recurrence
    from fermata.journeys import After, JourneyDefinition, Message, Outcome, Trigger
    from fermata.segments import days, hours, last, never, was_in
    from workflows.journey import Entry, Journey

BACK = ("Product Viewed", "Email Link Clicked", "Signed In")

MISSED = Message(key="comeback_missed", channels=("email",), expires_after=timedelta(days=5))
LAST = Message(key="comeback_last", channels=("email",), expires_after=timedelta(days=5))

SILENT = last("Product Viewed", before=days(120)) & never("Order Completed", within=days(120))
DAILY = Broadcast(
    name="engagement_lapsed",
    journey="reengagement",
    segment=SILENT & ~was_in("reengagement", within=days(240)),
    rate="50/s",
    recurs=Recurrence(every=days(1), offset=hours(6)),
)


@workflow.defn(name="reengagement")
class Reengagement(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Engagement Lapsed"),
        goal="Order Completed",
        exit_on=("Unsubscribed",),
        listens_to=BACK,
        reentry=After(timedelta(days=180)),
        holdout=0.10,
        priority=20,
        at_most=timedelta(days=60),
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            for message in (MISSED, LAST):
                await self.send(message)
                if await self.wait_for(*BACK, within=timedelta(days=14)):
                    await self.update_profile(sunset=False)
                    break
            else:
                await self.update_profile(sunset=True)
        return self.outcome
