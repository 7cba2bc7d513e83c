"""How often several channels together may reach a person."""

from datetime import datetime
from typing import ClassVar

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Kind
from fermata.policy.verdict import Verdict, strictest


class CrossChannelCap:
    """Exposures on all the table's channels count together; a channel that is not one of them passes."""

    rule: ClassVar[str] = "cross_channel_cap"
    kind: ClassVar[Kind] = Kind.CAPPED
    holds_transactional: ClassVar[bool] = False

    def earliest(self, at: datetime, attempt: Attempt) -> Verdict:
        return strictest([tally.capacity(at) for tally in attempt.cross_channel_tallies])
