"""More journeys whose cost is counted: onboarding, one that is held once, and one that its goal ends."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

GREETING = Message(key="welcome_greeting", channels=("email",))
FIRST_STEPS = Message(key="welcome_first_steps", channels=("push", "email"))
HELP = Message(key="welcome_help", channels=("email",))


@workflow.defn(name="reference_onboarding")
class ReferenceOnboarding(Journey):
    definition = JourneyDefinition(trigger=Trigger("Reference Signed Up"), goal="Onboarding Completed")

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.send(GREETING)
            await self.sleep(timedelta(days=2))
            await self.send(FIRST_STEPS)
            await self.sleep(timedelta(days=5))
            await self.send(HELP)
            await self.sleep(timedelta(days=7))
        return self.outcome


@workflow.defn(name="reference_held")
class ReferenceHeld(Journey):
    definition = JourneyDefinition(trigger=Trigger("Reference Held"), goal="Onboarding Completed")

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.send(GREETING)
            await self.send(HELP)  # the cap of the first holds it
        return self.outcome


@workflow.defn(name="reference_goal")
class ReferenceGoal(Journey):
    definition = JourneyDefinition(trigger=Trigger("Reference Goal Wanted"), goal="Onboarding Completed")

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.send(GREETING)
            await self.sleep(timedelta(days=365_000))
        return self.outcome
