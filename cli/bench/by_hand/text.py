"""One text message after a wait, as one would write it by hand."""

from datetime import timedelta

from temporalio import workflow

from cli.bench.by_hand.cart import BareMessage, LeftCart

_WAIT = timedelta(hours=1)
_LIMIT = timedelta(seconds=15)


@workflow.defn(name="bare_text")
class BareText:
    """Waits, decides and sends, each of the two by an activity."""

    @workflow.run
    async def run(self, cart: LeftCart) -> str:
        """Comes to its end after the text."""
        await workflow.sleep(_WAIT / cart.pace)
        message = BareMessage(cart.profile_id, "text", "sms")
        for name in ("bare_decide", "bare_send"):
            await workflow.execute_activity(name, message, start_to_close_timeout=_LIMIT)
        return "completed"
