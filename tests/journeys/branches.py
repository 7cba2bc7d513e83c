"""A journey with two branches at once: each must see the event that it waits for."""

import asyncio
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, JourneyEvent, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

HELLO = Message(key="cart_reminder", channels=("email",))


@workflow.defn(name="branches")
class Branches(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Product Added"),
        goal="Order Completed",
        exit_on=("Cart Cleared",),
        listens_to=("Product Viewed", "Email Clicked"),
    )

    @workflow.init
    def __init__(self, entry: Entry) -> None:
        super().__init__(entry)
        self._met: list[str] = []

    @workflow.query
    def met(self) -> list[str]:
        """Names of the events that the branches met, sorted."""
        return sorted(self._met)

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await asyncio.gather(self._branch("Product Viewed"), self._branch("Email Clicked"))
            await self.send(HELLO)
        return self.outcome

    async def _branch(self, name: str) -> None:
        event: JourneyEvent | None = await self.wait_for(name, within=timedelta(days=3))
        if event is not None:
            self._met.append(event.name)
