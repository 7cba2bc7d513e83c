"""A journey whose code raises what is no mistake of its definition: Temporal tries it again until mended code comes."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Outcome, Trigger
    from workflows.journey import Entry, Journey


@workflow.defn(name="broken")
class Broken(Journey):
    definition = JourneyDefinition(trigger=Trigger("Product Added"))

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            raise ValueError(f"{entry.journey} meets a value that it did not think of")
        return self.outcome
