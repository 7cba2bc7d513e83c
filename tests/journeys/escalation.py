"""A complaint goes to a colleague; when they have solved it, the person is asked nothing more."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

TASK = Message(key="complaint_task", channels=("hand_off",), purpose="transactional")
CALL = Message(key="sales_call", channels=("hand_off",))


@workflow.defn(name="escalation")
class Escalation(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Complaint Made"), listens_to=("Support Ticket Solved",), at_most=timedelta(days=20)
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.hand_off(TASK)
            if await self.wait_for("Support Ticket Solved", within=timedelta(days=7)):
                await self.hand_off(CALL)
        return self.outcome
