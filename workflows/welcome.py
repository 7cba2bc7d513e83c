"""Welcome and onboarding: a greeting at once, first steps after two days, and a hand held out after a week."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

GREETING = Message(key="welcome_greeting", channels=("email",), expires_after=timedelta(days=2))
FIRST_STEPS = Message(key="welcome_first_steps", channels=("push", "email"), expires_after=timedelta(days=3))
HELP = Message(key="welcome_help", channels=("email",), expires_after=timedelta(days=3))


@workflow.defn(name="welcome")
class Welcome(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Signed Up"),
        goal="Onboarding Completed",
        exit_on=("Account Deleted",),
        holdout=0.10,
        priority=70,
        at_most=timedelta(days=21),
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.send(GREETING)
            await self.sleep(timedelta(days=2))
            await self.send(FIRST_STEPS)
            await self.sleep(timedelta(days=5))
            await self.send(HELP)
            await self.sleep(timedelta(days=7))  # until then it counts as brought about by this
        return self.outcome
