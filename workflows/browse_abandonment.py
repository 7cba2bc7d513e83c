"""Browse abandonment, the running-shoe story: someone looks and does not buy, what follows, and what stops it all."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import After, JourneyDefinition, Message, Outcome, Trigger
    from fermata.segments import days, never
    from workflows.journey import Entry, Journey

NO_CART = never("Product Added", within=days(7))

REVIEWS = Message(key="browse_reviews", channels=("email",), expires_after=timedelta(days=2), eligible=NO_CART)
RETARGETING = Message(key="browse_retargeting", channels=("ads",))
DISCOUNT = Message(key="browse_discount", channels=("email",), expires_after=timedelta(days=2))
FREE_SHIPPING = Message(key="browse_free_shipping", channels=("email",), expires_after=timedelta(days=2))


@workflow.defn(name="browse_abandonment")
class BrowseAbandonment(Journey):
    definition = JourneyDefinition(
        trigger=Trigger("Product Viewed"),
        entry=NO_CART & never("Order Completed", within=days(7)),
        goal="Order Completed",
        exit_on=("Cart Cleared",),
        listens_to=("Product Added",),
        reentry=After(timedelta(days=14)),
        holdout=0.10,
        priority=40,
        at_most=timedelta(days=30),
    )

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            # A cart on that very day is cart_recovery's: it has begun with it.
            if not await self.wait_for("Product Added", within=timedelta(hours=24)):
                await self.send(REVIEWS)
                cart = await self.wait_for("Product Added", within=timedelta(days=3))
                if not cart:
                    await self.send(RETARGETING)
                    cart = await self.wait_for("Product Added", within=timedelta(days=14))
                if cart:
                    await self._win_the_cart()
        return self.outcome

    async def _win_the_cart(self) -> None:
        await self.tell("Cart Taken Over")  # cart_recovery began with this cart as well, and ends with this word
        await self.sleep(timedelta(hours=1))
        offer = await self.variant("cart_offer", {"discount": 1, "free_shipping": 1})
        await self.send(DISCOUNT if offer == "discount" else FREE_SHIPPING)
        await self.sleep(timedelta(days=7))  # until then a purchase counts as brought about by it
