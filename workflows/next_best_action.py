"""Next best action: what somebody's way through the shop says they need next, said once, when their visit is over."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import After, JourneyDefinition, Message, NextAction, Outcome, Trigger
    from fermata.segments import days, did, last, latest_came_by, minutes, never, stayed, was_in
    from workflows.journey import Entry, Journey

VIEWED = did("Product Viewed", times=3, within=days(7), same="category")
LISTED = did("Product List Viewed", times=3, within=days(7), same="category")
NO_CART, NO_ORDER = never("Product Added", within=days(7)), never("Order Completed", within=days(14))
NO_CHECKOUT = never("Checkout Started", within=days(14))

# Each signal leaves alone whom another journey that ships has just spoken to of the same.
CARTS = did("Product Added", times=2, within=days(14)) & NO_CHECKOUT & NO_ORDER
LEFT_CARTS = CARTS & ~was_in("cart_recovery", within=days(2))
TRIAL_DAY_3 = last("Trial Started", before=days(2), within=days(4)) & did("Feature Used", within=days(2))
TRIAL = TRIAL_DAY_3 & ~was_in("trial_activation", within=days(14))
ONE_CATEGORY = (VIEWED | LISTED) & NO_CART & NO_ORDER
WARM = latest_came_by("referral") & stayed(minutes(3), within=days(1)) & NO_ORDER

PAYMENT = Message(key="next_payment", channels=("email",), expires_after=timedelta(days=2), eligible=NO_CHECKOUT)
TIPS = Message(key="next_tips", channels=("push", "email"), expires_after=timedelta(days=1))
COMPARE = Message(key="next_compare", channels=("email",), expires_after=timedelta(days=2), eligible=NO_CART)
WELCOME = Message(key="next_welcome", channels=("email",), expires_after=timedelta(days=2))

ACTIONS = (
    NextAction(key="trust_and_flexible_pay", when=LEFT_CARTS, message=PAYMENT),  # friction at payment
    NextAction(key="feature_tips", when=TRIAL, message=TIPS),  # the moment of activation
    NextAction(key="compare_guide", when=ONE_CATEGORY, message=COMPARE),  # high intent, low commitment
    NextAction(key="welcome_offer", when=WARM, message=WELCOME, propensity=(0, 0.5)),  # warm, and in need of a push
)


@workflow.defn(name="next_best_action")
class NextBestAction(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Product List Viewed", "Product Added", "Feature Used"),
        entry=LEFT_CARTS | TRIAL | ONE_CATEGORY | WARM,
        while_active="ignore",  # it looks at all that was done when it chooses
        goal="Order Completed",
        exit_on=("Subscription Started",),
        reentry=After(timedelta(days=14)),
        priority=35,
        at_most=timedelta(days=14),
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.sleep(timedelta(hours=1))
            action = await self.next_best_action(*ACTIONS, holdout=0.10)  # of each action, to measure what it brings
            if action:
                await self.send(action.message)
                await self.sleep(timedelta(days=7))  # until then a purchase counts as brought about by it
        return self.outcome
