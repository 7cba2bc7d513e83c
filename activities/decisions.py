"""The activity that decides an attempt against the ledger."""

import structlog
from temporalio import activity

from activities.meters import JourneyMeters
from fermata.clock import Clock
from fermata.database import Pool
from fermata.journeys import NOBODY, GlobalHoldout
from fermata.ledger import Attempt, Policies, RecordedDecision, decide_and_reserve

_log = structlog.get_logger("fermata.decisions")


class Decisions:
    """Decides, with what the worker opened for it.

    Args:
        pool: Connections to the ledger's database.
        clock: Where "now" comes from.
        holdout: Whom no marketing reaches.
        meters: What counts; ones that nobody reads where it is None.
    """

    def __init__(
        self, pool: Pool, clock: Clock, holdout: GlobalHoldout = NOBODY, meters: JourneyMeters | None = None
    ) -> None:
        self._meters = meters or JourneyMeters()
        self._pool = pool
        self._holdout = holdout
        self._policies = Policies()
        self._clock = clock

    @activity.defn
    async def decide(self, attempt: Attempt) -> RecordedDecision:
        """Send, defer or drop: recorded, and its slot reserved, before anybody acts on it."""
        at = self._clock.now(attempt.asked_at)
        if attempt.woke_late is not None:
            self._meters.woke(attempt.woke_late)
        decision = await decide_and_reserve(self._pool, self._policies, attempt, at, self._holdout)
        self._meters.decided(attempt.journey, decision)
        _log.info(
            "decided",
            decision_id=str(decision.id),
            message=attempt.message.key,
            action=decision.action.value,
            reason=decision.reason.value,
            channel=decision.channel.value if decision.channel is not None else None,
        )
        return decision
