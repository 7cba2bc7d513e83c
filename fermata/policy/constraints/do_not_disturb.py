"""Silence that a person asked for, with or without an end."""

from datetime import datetime
from typing import ClassVar

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Kind
from fermata.policy.verdict import OPEN_FOR_GOOD, Verdict, later, never
from fermata.vocabulary import Reason


class DoNotDisturb:
    """Holds transactional messages too: it is the person's own word, not a courtesy of ours."""

    rule: ClassVar[str] = "do_not_disturb"
    kind: ClassVar[Kind] = Kind.CLOSED
    holds_transactional: ClassVar[bool] = True

    def earliest(self, at: datetime, attempt: Attempt) -> Verdict:
        profile = attempt.facts.profile
        if profile.do_not_disturb:
            return never(Reason.DO_NOT_DISTURB)
        until = profile.do_not_disturb_until
        if until is not None and at < until:
            return later(until, Reason.DO_NOT_DISTURB_UNTIL)
        return OPEN_FOR_GOOD
