"""The least time between two exposures."""

from datetime import datetime, timedelta
from typing import ClassVar

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Kind
from fermata.policy.verdict import OPEN_FOR_GOOD, Verdict, later
from fermata.vocabulary import Channel, Purpose, Reason


class CoolDown:
    """On the channel, and on the channels that count together."""

    rule: ClassVar[str] = "cool_down"
    kind: ClassVar[Kind] = Kind.CLOSED
    holds_transactional: ClassVar[bool] = False

    def earliest(self, at: datetime, attempt: Attempt) -> Verdict:
        own, cross = attempt.table.cool_down, attempt.policy.cross_channel
        opening = at if own is None else _ready(at, attempt, (attempt.channel,), own)
        if cross is not None and cross.cool_down is not None and attempt.channel in cross.channels:
            opening = max(opening, _ready(at, attempt, cross.channels, cross.cool_down))
        return OPEN_FOR_GOOD if opening == at else later(opening, Reason.COOL_DOWN)


def _ready(at: datetime, attempt: Attempt, channels: tuple[Channel, ...], gap: timedelta) -> datetime:
    ends = (
        exposure.at + gap
        for exposure in attempt.facts.exposures
        if exposure.channel in channels and exposure.purpose is Purpose.MARKETING
    )
    return max(at, *ends, at)
