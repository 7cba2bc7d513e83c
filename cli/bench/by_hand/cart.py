"""The reference cart journey as one would write it by hand: sleep, decide, send, three times over, and nothing else.

No goal, no events, no record, nothing for operators, no hold: the least that Temporal can do for three messages.
"""

from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow

_STEPS = (
    (timedelta(hours=1), "cart_reminder", "email"),
    (timedelta(days=2), "cart_discount", "email"),
    (timedelta(days=2), "cart_discount", "sms"),
)
_LIMIT = timedelta(seconds=15)


@dataclass
class LeftCart:
    """Whose cart it is.

    Args:
        profile_id: The person.
        pace: How many seconds of the waits pass in one real second.
    """

    profile_id: str
    pace: float


@dataclass
class BareMessage:
    """A message to a person.

    Args:
        profile_id: The person.
        key: The message's name.
        channel: What is to carry it.
    """

    profile_id: str
    key: str
    channel: str


@activity.defn
async def bare_decide(message: BareMessage) -> str:
    """Always says that it may go."""
    del message
    return "send"


@activity.defn
async def bare_send(message: BareMessage) -> str:
    """Sends nothing: what it would cost at a provider is not compared."""
    del message
    return "sent"


@workflow.defn(name="bare_cart")
class BareCart:
    """Three messages, each decided and sent by an activity."""

    @workflow.run
    async def run(self, cart: LeftCart) -> str:
        """Comes to its end after the third."""
        for wait, key, channel in _STEPS:
            await workflow.sleep(wait / cart.pace)
            message = BareMessage(cart.profile_id, key, channel)
            if await workflow.execute_activity(bare_decide, message, start_to_close_timeout=_LIMIT) == "send":
                await workflow.execute_activity(bare_send, message, start_to_close_timeout=_LIMIT)
        return "completed"
