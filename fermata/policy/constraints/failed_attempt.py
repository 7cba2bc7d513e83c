"""A channel that was tried in this attempt and failed for good: a provider rejected it, its template broke."""

from datetime import datetime
from typing import ClassVar

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Kind
from fermata.policy.verdict import OPEN_FOR_GOOD, Verdict, never


class FailedAttempt:
    """Never the same channel twice in one attempt."""

    rule: ClassVar[str] = "failed_attempt"
    kind: ClassVar[Kind] = Kind.REACH
    holds_transactional: ClassVar[bool] = True

    def earliest(self, at: datetime, attempt: Attempt) -> Verdict:
        del at
        reason = attempt.facts.blocked.get(attempt.channel)
        return OPEN_FOR_GOOD if reason is None else never(reason)
