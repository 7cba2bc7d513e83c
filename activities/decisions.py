"""The activity that decides an attempt against the ledger."""

from temporalio import activity

from fermata.clock import Clock
from fermata.database import Pool
from fermata.journeys import NOBODY, GlobalHoldout
from fermata.ledger import Attempt, Policies, RecordedDecision, decide_and_reserve


class Decisions:
    """Decides, with what the worker opened for it.

    Args:
        pool: Connections to the ledger's database.
        clock: Where "now" comes from.
        holdout: Whom no marketing reaches.
    """

    def __init__(self, pool: Pool, clock: Clock, holdout: GlobalHoldout = NOBODY) -> None:
        self._pool = pool
        self._holdout = holdout
        self._policies = Policies()
        self._clock = clock

    @activity.defn
    async def decide(self, attempt: Attempt) -> RecordedDecision:
        """Send, defer or drop: recorded, and its slot reserved, before anybody acts on it."""
        at = self._clock.now(attempt.asked_at)
        return await decide_and_reserve(self._pool, self._policies, attempt, at, self._holdout)
