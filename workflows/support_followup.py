"""Support follow-up: a day after a ticket is solved, how was it? Whoever is not happy gets a call from a colleague."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

UNHAPPY = ("bad", "1", "2")

ASK = Message(key="support_rating", channels=("email",), expires_after=timedelta(days=3))
CALL = Message(key="support_call", channels=("hand_off",), purpose="transactional")


@workflow.defn(name="support_followup")
class SupportFollowup(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Support Ticket Solved"),
        key="ticket_id",  # a run a ticket
        exit_on=("Support Ticket Opened",),  # it is open again
        listens_to=("Support Ticket Rated",),
        priority=55,
        at_most=timedelta(days=14),
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            rated = await self.wait_for("Support Ticket Rated", within=timedelta(days=1))
            if not rated:
                await self.send(ASK)
                rated = await self.wait_for("Support Ticket Rated", within=timedelta(days=7))
            if rated and rated.properties.get("rating") in UNHAPPY:
                await self.hand_off(CALL)
        return self.outcome
