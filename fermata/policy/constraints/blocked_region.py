"""Countries where this deployment reaches nobody."""

from datetime import datetime
from typing import ClassVar

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Kind
from fermata.policy.verdict import OPEN_FOR_GOOD, Verdict, never
from fermata.vocabulary import Reason


class BlockedRegion:
    """Holds every message to a profile of a blocked country."""

    rule: ClassVar[str] = "blocked_region"
    kind: ClassVar[Kind] = Kind.REACH
    holds_transactional: ClassVar[bool] = True

    def earliest(self, at: datetime, attempt: Attempt) -> Verdict:
        del at
        regions = attempt.policy.regions
        if regions is None or attempt.region.country not in regions.blocked:
            return OPEN_FOR_GOOD
        return never(Reason.BLOCKED_REGION, attempt.region.text)
