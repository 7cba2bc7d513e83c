"""The person's own quiet hours, in local time."""

from datetime import datetime
from typing import ClassVar

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Kind
from fermata.policy.verdict import OPEN_FOR_GOOD, PASS, Verdict, later, never
from fermata.vocabulary import Reason


class QuietHours:
    """Every day from their start to their end, on every channel."""

    rule: ClassVar[str] = "quiet_hours"
    kind: ClassVar[Kind] = Kind.CLOSED
    holds_transactional: ClassVar[bool] = False

    def earliest(self, at: datetime, attempt: Attempt) -> Verdict:
        quiet = attempt.facts.profile.quiet_hours
        if quiet is None:
            return OPEN_FOR_GOOD
        opening = attempt.in_all_zones(at, quiet.open_hours.earliest)
        if opening is None:
            return never(Reason.QUIET_HOURS, quiet.text)
        return PASS if opening is at else later(opening, Reason.QUIET_HOURS, quiet.text)
