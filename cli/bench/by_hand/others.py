"""Onboarding, a message that is held once, and a wait that a goal ends: each as one would write it by hand."""

from datetime import timedelta

from temporalio import workflow

from cli.bench.by_hand.cart import BareMessage, LeftCart, bare_decide, bare_send

_LIMIT = timedelta(seconds=15)
_GREETING, _FIRST_STEPS, _HELP = "welcome_greeting", "welcome_first_steps", "welcome_help"


@workflow.defn(name="bare_onboarding")
class BareOnboarding:
    """Three messages in a week, and a week after the last."""

    @workflow.run
    async def run(self, cart: LeftCart) -> str:
        """Comes to its end two weeks after its start."""
        for key, wait in ((_GREETING, 2), (_FIRST_STEPS, 5), (_HELP, 7)):
            await _reach(cart, key)
            await workflow.sleep(timedelta(days=wait) / cart.pace)
        return "completed"


@workflow.defn(name="bare_held")
class BareHeld:
    """Two messages; the second is decided again after a wait, since the first decision says later."""

    @workflow.run
    async def run(self, cart: LeftCart) -> str:
        """Comes to its end after the second message."""
        await _reach(cart, _GREETING)
        await _decide(cart, _HELP)
        await workflow.sleep(timedelta(days=1) / cart.pace)
        await _reach(cart, _HELP)
        return "completed"


@workflow.defn(name="bare_goal")
class BareGoal:
    """A message, and a wait that a signal ends."""

    def __init__(self) -> None:
        self._goal = False

    @workflow.run
    async def run(self, cart: LeftCart) -> str:
        """Comes to its end with the goal."""
        await _reach(cart, _GREETING)
        try:
            await workflow.wait_condition(lambda: self._goal, timeout=timedelta(days=365_000) / cart.pace)
        except TimeoutError:
            return "completed"
        return "converted"

    @workflow.signal
    def goal(self) -> None:
        """It is reached."""
        self._goal = True


async def _reach(cart: LeftCart, key: str) -> None:
    if await _decide(cart, key) == "send":
        message = BareMessage(cart.profile_id, key, "email")
        await workflow.execute_activity(bare_send, message, start_to_close_timeout=_LIMIT)


async def _decide(cart: LeftCart, key: str) -> str:
    message = BareMessage(cart.profile_id, key, "email")
    return await workflow.execute_activity(bare_decide, message, start_to_close_timeout=_LIMIT)
