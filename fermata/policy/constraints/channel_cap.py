"""How often one channel may reach a person."""

from datetime import datetime
from typing import ClassVar

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Kind
from fermata.policy.verdict import Verdict, strictest


class ChannelCap:
    """All of the channel's caps hold."""

    rule: ClassVar[str] = "channel_cap"
    kind: ClassVar[Kind] = Kind.CAPPED
    holds_transactional: ClassVar[bool] = False

    def earliest(self, at: datetime, attempt: Attempt) -> Verdict:
        return strictest([tally.capacity(at) for tally in attempt.channel_tallies])
