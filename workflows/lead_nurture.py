"""Lead nurture: something to read for as long as a lead is cool, and a colleague as soon as it is warm."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import After, JourneyDefinition, Message, Outcome, Trigger
    from fermata.segments import days, did, trait
    from workflows.journey import Entry, Journey

WARM = did("Demo Requested", within=days(30)) | did("Pricing Viewed", times=3, within=days(14))
LARGE = did("Pricing Viewed", within=days(14)) & (trait("company_size") >= 200)

GUIDE = Message(key="lead_guide", channels=("email",), expires_after=timedelta(days=3))
STORY = Message(key="lead_story", channels=("email",), expires_after=timedelta(days=3))
CALL = Message(key="lead_call", channels=("hand_off",))


@workflow.defn(name="lead_nurture")
class LeadNurture(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Lead Captured"),
        goal="Subscription Started",
        exit_on=("Lead Disqualified",),
        listens_to=("Demo Requested", "Pricing Viewed"),
        reentry=After(timedelta(days=90)),
        holdout=0.10,
        priority=45,
        at_most=timedelta(days=45),
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            for message in (GUIDE, STORY):
                await self.send(message)
                if await self.wait_until(WARM | LARGE, within=timedelta(days=7)):
                    await self.hand_off(CALL)
                    await self.update_profile(lead_stage="with_sales")
                    await self.sleep(timedelta(days=14))  # the colleague has the word now
                    break
        return self.outcome
