"""A journey that starts another for its person and waits for the end of it."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from tests.journeys.gift import Gift
    from workflows.journey import Entry, Journey

THANKS = Message(key="cart_discount", channels=("email",))


@workflow.defn(name="giving")
class Giving(Journey):
    definition = JourneyDefinition(trigger=Trigger("Birthday Came"), goal="Order Completed")

    @workflow.init
    def __init__(self, entry: Entry) -> None:
        super().__init__(entry)
        self._ended: list[str] = []

    @workflow.query
    def ended(self) -> list[str]:
        """How its children ended."""
        return self._ended

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            outcome = await self.child(Gift, {"gift": "a mug"}, within=timedelta(days=5))
            self._ended.append(outcome.state if outcome else "none")
            again = await self.start(Gift, {"gift": "another mug"})
            self._ended.append(str(again.reason or "started"))
            await self.sleep(timedelta(days=1))
        return self.outcome
