"""A journey that reaches somebody in every way there is, and then listens to all that becomes of it."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

MAIL = Message(key="everywhere", channels=("email",))
TEXT = Message(key="everywhere", channels=("sms",))
PUSH = Message(key="everywhere", channels=("push",))
CARD = Message(key="everywhere", channels=("in_app",), expires_after=timedelta(days=2))
ADS = Message(key="everywhere", channels=("ads",))
TASK = Message(key="everywhere", channels=("hand_off",))

EVERYTHING = (
    "Email Delivered",
    "Email Opened",
    "Email Link Clicked",
    "Email Bounced",
    "Email Marked as Spam",
    "Email Replied",
    "SMS Delivered",
    "SMS Link Clicked",
    "SMS Received",
    "SMS Bounced",
    "Push Notification Tapped",
    "In-App Message Shown",
    "In-App Message Clicked",
    "In-App Message Dismissed",
    "Unsubscribed",
    "Support Ticket Solved",
)


@workflow.defn(name="every_channel")
class EveryChannel(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Product Added"), goal="Order Completed", listens_to=EVERYTHING, at_most=timedelta(days=30)
    )

    @workflow.init
    def __init__(self, entry: Entry) -> None:
        super().__init__(entry)
        self._heard: list[str] = []

    @workflow.query
    def heard(self) -> list[str]:
        """What came back, in the order in which it came: the event, and what tells it from others of its name."""
        return self._heard

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            for message in (MAIL, MAIL, MAIL, TEXT, PUSH, PUSH, CARD, CARD, ADS):
                await self.send(message)
            await self.hand_off(TASK)
            while event := await self.wait_for(*EVERYTHING, within=timedelta(days=7)):
                said = event.properties
                which = said.get("bounce") or said.get("keyword") or said.get("channel") or ""
                self._heard.append(f"{event.name} {which}".strip())
        return self.outcome
