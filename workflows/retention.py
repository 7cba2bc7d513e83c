"""Retention: when the risk rises that somebody leaves, a word, a thank-you, and for regulars a colleague who calls."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.broadcasts import Broadcast, Recurrence
    from fermata.journeys import After, JourneyDefinition, Message, Outcome, Trigger
    from fermata.segments import days, hours, in_stage, orders, was_in
    from workflows.journey import Entry, Journey

BACK = ("Product Viewed", "Signed In")

CHECK_IN = Message(key="retention_check_in", channels=("push", "email"), expires_after=timedelta(days=3))
THANKS = Message(key="retention_thanks", channels=("email",), expires_after=timedelta(days=3))
CALL = Message(key="retention_call", channels=("hand_off",))

DAILY = Broadcast(
    name="churn_risk",
    journey="retention",
    segment=in_stage("at_risk") & ~was_in("retention", within=days(90)),
    rate="50/s",
    recurs=Recurrence(every=days(1), offset=hours(6)),
)


@workflow.defn(name="retention")
class Retention(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Churn Risk Raised"),
        goal="Order Completed",
        exit_on=("Account Deleted",),
        listens_to=BACK,
        reentry=After(timedelta(days=60)),
        holdout=0.10,
        priority=50,
        at_most=timedelta(days=30),
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.send(CHECK_IN)
            if not await self.wait_for(*BACK, within=timedelta(days=5)):
                await self.send(THANKS)
                if not await self.wait_for(*BACK, within=timedelta(days=7)) and await self.is_in(orders() >= 3):
                    await self.hand_off(CALL)
            await self.sleep(timedelta(days=10))  # until then an order counts as brought about by this
        return self.outcome
