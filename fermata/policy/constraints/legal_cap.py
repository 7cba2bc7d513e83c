"""How often the law of the region lets an address be reached, whoever's profile it is on."""

from datetime import datetime
from typing import ClassVar

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Kind
from fermata.policy.verdict import Verdict, strictest


class LegalCap:
    """Counts what reached this profile, and what reached its address as another profile's."""

    rule: ClassVar[str] = "legal_cap"
    kind: ClassVar[Kind] = Kind.CAPPED
    holds_transactional: ClassVar[bool] = False

    def earliest(self, at: datetime, attempt: Attempt) -> Verdict:
        return strictest([tally.capacity(at) for tally in attempt.legal_tallies])
