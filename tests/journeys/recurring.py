"""A journey that goes on for as long as events come, and continues as new when its history grows long."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Outcome, Trigger
    from workflows.journey import Entry, Journey


@workflow.defn(name="recurring")
class Recurring(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Subscription Started"),
        goal="Subscription Cancelled",
        listens_to=("Box Shipped",),
        at_most=timedelta(days=365),
    )

    @workflow.init
    def __init__(self, entry: Entry) -> None:
        super().__init__(entry)
        self._shipped: list[str] = []

    @workflow.query
    def shipped(self) -> list[str]:
        """Ids of the events that this execution has waited for."""
        return self._shipped

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            while True:
                await self.rollover()
                event = await self.wait_for("Box Shipped", within=timedelta(days=60))
                if event is None:
                    break
                self._shipped.append(str(event.id))
                workflow.logger.info("shipped")
        return self.outcome
