"""A journey as two builds of the code have it: the younger one waits for a second event, behind a patch."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Outcome, Trigger
    from workflows.journey import Entry, Journey

_DEFINITION = JourneyDefinition(trigger=Trigger("Product Added"), listens_to=("First", "Second"))
_DAY = timedelta(days=1)


@workflow.defn(name="two_builds")
class Older(Journey):
    """As it was."""

    definition = _DEFINITION

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.wait_for("First", within=_DAY)
        return self.outcome


@workflow.defn(name="two_builds")
class Younger(Journey):
    """As it is: whoever has not had the first event yet also waits for the second."""

    definition = _DEFINITION

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.wait_for("First", within=_DAY)
            if workflow.patched("a second look"):
                await self.wait_for("Second", within=_DAY)
        return self.outcome
