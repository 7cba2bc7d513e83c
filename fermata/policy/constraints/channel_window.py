"""The channel's own window, in the profile's local time."""

from datetime import datetime
from typing import ClassVar

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Kind
from fermata.policy.verdict import OPEN_FOR_GOOD, PASS, Opening, Verdict, later, never
from fermata.vocabulary import Reason

_NO_SESSION = Verdict(Opening.NEXT_VISIT, None, Reason.NO_ACTIVE_SESSION)


class ChannelWindow:
    """Hours by weekday, or ``always``, ``never``, or ``session``: while the person is on a visit."""

    rule: ClassVar[str] = "window"
    kind: ClassVar[Kind] = Kind.CLOSED
    holds_transactional: ClassVar[bool] = False

    def earliest(self, at: datetime, attempt: Attempt) -> Verdict:
        window = attempt.table.window
        if window.kind == "always":
            return OPEN_FOR_GOOD
        if window.kind == "session":
            return OPEN_FOR_GOOD if attempt.facts.profile.active_session is not None else _NO_SESSION
        opening = attempt.in_all_zones(at, window.hours.earliest)
        if opening is None:
            return never(Reason.OUTSIDE_WINDOW, window.text)
        return PASS if opening is at else later(opening, Reason.OUTSIDE_WINDOW, window.text)
