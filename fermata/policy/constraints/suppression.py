"""A suppressed address is never used again: it bounced, complained, or stands on a list."""

from datetime import datetime
from typing import ClassVar

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Kind
from fermata.policy.verdict import OPEN_FOR_GOOD, Verdict, never
from fermata.vocabulary import Reason


class Suppression:
    """Holds transactional messages too."""

    rule: ClassVar[str] = "suppression"
    kind: ClassVar[Kind] = Kind.REACH
    holds_transactional: ClassVar[bool] = True

    def earliest(self, at: datetime, attempt: Attempt) -> Verdict:
        del at
        if attempt.channel in attempt.facts.profile.suppressed:
            return never(Reason.SUPPRESSED_ADDRESS)
        return OPEN_FOR_GOOD
