"""Twenty messages in sixty days, as one would write them by hand."""

from datetime import timedelta

from temporalio import workflow

from cli.bench.by_hand.cart import BareMessage, LeftCart

_WAIT = timedelta(days=3)
_MESSAGES = 20
_LIMIT = timedelta(seconds=15)


@workflow.defn(name="bare_sixty_days")
class BareSixtyDays:
    """A message every third day, decided and sent by an activity each."""

    @workflow.run
    async def run(self, cart: LeftCart) -> str:
        """Comes to its end after the last."""
        for number in range(_MESSAGES):
            await workflow.sleep(_WAIT / cart.pace)
            message = BareMessage(cart.profile_id, f"text-{number}", "sms")
            for name in ("bare_decide", "bare_send"):
                await workflow.execute_activity(name, message, start_to_close_timeout=_LIMIT)
        return "completed"
