"""Trial activation: on day three, tips to whoever uses it and first steps to whoever does not, then the upgrade."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from fermata.segments import days, did
    from workflows.journey import Entry, Journey

TIPS = Message(key="trial_tips", channels=("push", "email"), expires_after=timedelta(days=2))
FIRST_STEPS = Message(key="trial_first_steps", channels=("email",), expires_after=timedelta(days=2))
UPGRADE = Message(key="trial_upgrade", channels=("email",), expires_after=timedelta(days=2))


@workflow.defn(name="trial_activation")
class TrialActivation(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Trial Started"),
        goal="Subscription Started",
        exit_on=("Trial Cancelled",),
        listens_to=("Feature Used",),
        holdout=0.10,
        priority=65,
        at_most=timedelta(days=30),
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.sleep(timedelta(days=3))
            if await self.is_in(did("Feature Used", within=days(4))):
                await self.send(TIPS)
                await self.sleep(timedelta(days=4))
                await self.send(UPGRADE)
            else:
                await self.send(FIRST_STEPS)
                if await self.wait_for("Feature Used", within=timedelta(days=7)):
                    await self.send(UPGRADE)
            await self.sleep(timedelta(days=7))  # until then a subscription counts as brought about by this
        return self.outcome
