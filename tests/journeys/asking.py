"""A journey that asks all that a journey can ask."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from fermata.segments import days, did, its, trait
    from workflows.journey import Entry, Journey

HELLO = Message(key="cart_reminder", channels=("email",))


@workflow.defn(name="asking")
class Asks(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Product Added"),
        goal="Order Completed",
        listens_to=("Product Viewed", "Email Link Clicked"),
        at_most=timedelta(days=60),
    )

    @workflow.init
    def __init__(self, entry: Entry) -> None:
        super().__init__(entry)
        self.answers: list[str] = []

    @workflow.query
    def answered(self) -> list[str]:
        """What was answered so far."""
        return self.answers

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            person = await self.profile("plan")
            self.answers.append(f"{person.country} {person.traits['plan']}")
            self.answers.append(await self.variant("tone", {"warm": 1, "brisk": 1}))
            await self.sleep_until("09:00")
            self.answers.append(f"{workflow.now():%H:%M}")
            dear = await self.wait_for("Product Viewed", within=timedelta(days=2), where=its("price") >= 100)
            self.answers.append(f"viewed {dear.properties['price']}" if dear else "nothing dear")
            keen = did("Product Viewed", times=3, within=days(7))
            self.answers.append(f"keen {await self.wait_until(keen, within=timedelta(days=3))}")
            await self.update_profile(stage_reached="keen")
            self.answers.append(f"told {await self.is_in(trait('stage_reached') == 'keen')}")
            await self.tell("Shopper Was Keen", {"times": 3})
            await self.sleep(timedelta(days=30))
        return self.outcome
